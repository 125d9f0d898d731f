// ProcessUnderTest: a server started with a given allocator, on a port of its own, and stopped whatever
// happens.
//
// Safety: one thread, the one that outlives the process (the kernel ends the child when that thread ends).
// Assumptions: the server prints "listening on HOST:PORT" on stdout, or its port is given and accepts
// connections once it serves. A server that daemonizes is lost sight of.
#ifndef BENCHMARKS_GATEWAY_LOAD_PROCESS_H_
#define BENCHMARKS_GATEWAY_LOAD_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "allocators.h"

namespace gateway_load {

struct ProcessPlan {
  std::vector<std::string> command;
  int port = 0;  // 0: the one it prints
  Allocator allocator;
  bool serves = true;  // false: it listens nowhere and ends by itself
};

class ProcessUnderTest {
 public:
  // Returns once the server accepts connections, or the program has loaded its preload; an error names the
  // command and what happened to it.
  static absl::StatusOr<std::unique_ptr<ProcessUnderTest>> Start(const ProcessPlan& plan);
  ~ProcessUnderTest();
  ProcessUnderTest(const ProcessUnderTest&) = delete;
  ProcessUnderTest& operator=(const ProcessUnderTest&) = delete;

  pid_t pid() const { return pid_; }
  int port() const { return port_; }

  // OK while it runs; else how it ended.
  absl::Status Check();
  // After that: OK when it ended by itself with status 0; else how it ended.
  absl::Status Ended() const;
  // All it printed on stdout so far.
  std::string Output() const;

 private:
  explicit ProcessUnderTest(const ProcessPlan& plan) : plan_(plan) {}

  absl::Status Spawn();
  absl::Status WaitUntilItServes();
  absl::Status WaitUntilItHasThePreload();
  // 0 while it has printed none.
  int PrintedPort() const;
  // A preload that the loader refuses is only a warning on stderr: the figures would be glibc's.
  absl::Status CheckPreload() const;
  void Stop();

  const ProcessPlan plan_;
  pid_t pid_ = -1;
  int wait_status_ = 0;  // once it has ended
  int port_ = 0;
  int output_ = -1;
};

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_PROCESS_H_
