// With 60 MB of address space (ulimit -v) a small program still works. Arguments: the program.
#include <string>

#include "lifecycle/child_process.h"

int main(int, char** arguments) {
  const std::string command = "ulimit -v 60000 && LD_PRELOAD=" + Object() + " exec " + arguments[1];
  const Outcome outcome = RunChild({"/bin/sh", "-c", command}, {});
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.Messages().empty());
}
