// "Fail the nth call": for each call that memgov makes of its own, the 1st to 20th alone, and all from the
// first on. The process works every time. Arguments: the workload program.
#include <string>

#include "lifecycle/child_process.h"

namespace {
void Check(const std::string& program, const std::string& fault) {
  const Outcome outcome =
      RunChild({program}, {"LD_PRELOAD=" + Object(), "MEMGOV_FAIL=" + fault, "MEMGOV_START_BYTES=1M",
                           "MEMGOV_IDLE_MS=10", "MEMGOV_TRIM_INTERVAL=100ms"});
  if (outcome.status != 0 || outcome.out != "done\n") Say((fault + "\n").c_str());
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.out == "done\n");
  CHECK_OUTCOME(outcome, outcome.Messages().size() <= 2);  // one of the process, one of its child
}
}  // namespace

int main(int, char** arguments) {
  for (const std::string call :
       {"mmap", "mprotect", "madvise", "membarrier", "pthread_create", "open", "read"}) {
    for (int nth = 1; nth <= 20; ++nth) Check(arguments[1], call + "@" + std::to_string(nth));
    Check(arguments[1], call + "@1+");
    Check(arguments[1], call + "@4+");
  }
}
