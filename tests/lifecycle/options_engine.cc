// MEMGOV_ENGINE chooses nothing at run time: asking an object for another engine gets one line naming the
// file to preload; asking it for its own gets none. Arguments: the hello program.
#include "lifecycle/child_process.h"

int main(int, char** arguments) {
  const std::string other = Engine() == "system" ? "mimalloc" : "system";
  const Outcome asked = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_ENGINE=" + other});
  CHECK_OUTCOME(asked, asked.status == 0 && asked.out == "hello from the thread\n");
  CHECK_OUTCOME(asked, asked.Messages().size() == 1);
  CHECK_OUTCOME(asked, asked.Messages()[0].find("libmemgov-" + other + ".so") != std::string::npos);

  const Outcome own = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_ENGINE=" + Engine()});
  CHECK_OUTCOME(own, own.status == 0 && own.err.empty());
}
