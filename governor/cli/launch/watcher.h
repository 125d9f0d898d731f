// Looks, from a process of its own, whether the command that this process becomes has loaded the object.
//
// Safety: this process must have one thread. The watcher is nobody's child (its parent ends at once, and is
// waited for), is in a session of its own, holds no descriptor of the host's but standard error, and ends
// within two seconds, or with the command: a reader of the command's standard error waits for nobody else.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_WATCHER_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_WATCHER_H_

#include <string>

namespace memgov::cli {

// Would an orphan become a child of the command? Of process 1 of a container and of a "subreaper" (prctl(2)),
// which do not expect any: then nobody may watch.
bool OrphansComeHere();

class Watcher {
 public:
  // Starts it; it waits for this process' exec. Says one line if the object is not loaded, and nothing if it
  // is, unless `verbose`. Where it cannot be started nothing is watched.
  Watcher(const std::string& library, const std::string& program, bool verbose);
  // There was no exec after all: it ends without a word.
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

 private:
  int signal_ = -1;  // closed by the exec; anything written before that calls it off
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_WATCHER_H_
