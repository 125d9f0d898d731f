// An unknown MEMGOV_ variable gets one line that names it; the program runs. Arguments: the hello program.
#include "lifecycle/child_process.h"

int main(int, char** arguments) {
  for (const char* unknown : {"MEMGOV_FOO=bar", "MEMGOV_=1", "MEMGOV_GOVERNORS=on", "MEMGOV_IDLE="}) {
    const Outcome outcome = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), unknown});
    CHECK_OUTCOME(outcome, outcome.status == 0);
    CHECK_OUTCOME(outcome, outcome.out == "hello from the thread\n");
    CHECK_OUTCOME(outcome, outcome.Messages().size() == 1);
    CHECK_OUTCOME(outcome, outcome.Messages()[0].find(unknown) != std::string::npos);
  }
  // None at all where nothing is wrong.
  const Outcome outcome = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object()});
  CHECK_OUTCOME(outcome, outcome.status == 0 && outcome.err.empty());
}
