// Another allocator preloaded before or after the object: the process works. Where the other one serves,
// exactly one line says so; where the object serves, at most one. Arguments: the hello program, the other
// library.
#include "lifecycle/child_process.h"

namespace {
Outcome Run(const std::string& program, const std::string& preload) {
  const Outcome outcome = RunChild({program}, {"LD_PRELOAD=" + preload});
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.out == "hello from the thread\n");
  return outcome;
}
}  // namespace

int main(int count, char** arguments) {
  CHECK_EQ(count, 3);
  const std::string program = arguments[1], other = arguments[2];
  const Outcome first = Run(program, other + ":" + Object());
  CHECK_OUTCOME(first, first.Messages().size() == 1);
  const Outcome last = Run(program, Object() + ":" + other);
  CHECK_OUTCOME(last, last.Messages().size() <= 1);
}
