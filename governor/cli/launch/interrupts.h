// SIGINT, SIGTERM, SIGHUP and SIGQUIT as something to poll for, while commands run that must not outlive the
// tool.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_INTERRUPTS_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_INTERRUPTS_H_

#include <signal.h>

namespace memgov::cli {

class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  int descriptor() const { return descriptor_; }
  // A signal that came and was not taken yet; 0: none.
  int Take();

 private:
  sigset_t before_;
  int descriptor_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_INTERRUPTS_H_
