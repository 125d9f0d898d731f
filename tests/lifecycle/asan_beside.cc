// A program built with AddressSanitizer or ThreadSanitizer, with the object before its runtime (the runtime's
// own check of the order switched off) and after it: one line, and a working process. Arguments: the program,
// the runtime.
#include "lifecycle/child_process.h"

namespace {
void Check(const std::string& program, const std::string& preload) {
  const Outcome outcome =
      RunChild({program}, {"LD_PRELOAD=" + preload, "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0"});
  Say((preload + "\n").c_str());
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.out == "hello from asan\n");
  CHECK_OUTCOME(outcome, outcome.Messages().size() == 1);
}
}  // namespace

int main(int count, char** arguments) {
  CHECK_EQ(count, 3);
  if (RunChild({arguments[1]}, {"ASAN_OPTIONS=detect_leaks=0"}).status != 0)
    Skip("the sanitizer's runtime does not start here without memgov either");
  Check(arguments[1], std::string(arguments[2]) + ":" + Object());
  Check(arguments[1], Object());
}
