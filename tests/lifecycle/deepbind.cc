// A plugin loaded with RTLD_DEEPBIND shares the host's heap, and exactly one line says that the flag was
// dropped. Arguments: the host, the plugin.
#include "lifecycle/child_process.h"

int main(int count, char** arguments) {
  CHECK_EQ(count, 3);
  Strings environment;
  if (!Object().empty()) environment.push_back("LD_PRELOAD=" + Object());
  const Outcome outcome = RunChild({arguments[1], arguments[2]}, environment);
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.Messages().size() == (Object().empty() ? 0 : 1));
}
