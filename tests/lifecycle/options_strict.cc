// MEMGOV_STRICT=1: a bad variable stops the process before main with status 2; good ones do not.
// Arguments: the hello program.
#include "lifecycle/child_process.h"

int main(int, char** arguments) {
  for (const char* bad : {"MEMGOV_FOO=1", "MEMGOV_IDLE_MS=soon"}) {
    const Outcome outcome = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_STRICT=1", bad});
    CHECK_OUTCOME(outcome, outcome.status == 2);
    CHECK_OUTCOME(outcome, outcome.out.empty());
    CHECK_OUTCOME(outcome, outcome.Messages().size() >= 1);
  }
  const Outcome outcome =
      RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_STRICT=1", "MEMGOV_IDLE_MS=500"});
  CHECK_OUTCOME(outcome, outcome.status == 0 && outcome.out == "hello from the thread\n");
  CHECK_OUTCOME(outcome, outcome.Messages().empty());
}
