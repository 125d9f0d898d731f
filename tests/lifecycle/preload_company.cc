// The object beside another allocator in LD_PRELOAD, in either order, in sh and in a program with threads and
// a child: all work, each process says exactly one line, the one in front serves, and only where that is
// memgov does a governor run. Arguments: the company program, the other library; "same" for one that is the
// object under another name: then there is no line.
#include "lifecycle/child_process.h"

namespace {
struct Expected {
  size_t lines;  // of each process
  bool served_by_memgov;
};

void CheckShell(const std::string& preload, const Expected& expected) {
  const Outcome outcome = RunChild({"/bin/sh", "-c", "exit 3"}, {"LD_PRELOAD=" + preload});
  CHECK_OUTCOME(outcome, outcome.status == 3);
  CHECK_OUTCOME(outcome, outcome.Messages().size() == expected.lines);
}

void CheckProgram(const std::string& program, const std::string& preload, const Expected& expected) {
  const Outcome outcome = RunChild({program}, {"LD_PRELOAD=" + preload});
  const std::string says =
      expected.served_by_memgov ? " available 1 governors 1\n" : " available 0 governors 0\n";
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.out == "child" + says + "parent" + says);
  CHECK_OUTCOME(outcome, outcome.Messages().size() == 2 * expected.lines);
  CHECK_OUTCOME(outcome, expected.lines == 0 || outcome.Messages()[0] == outcome.Messages()[1]);
}

void Check(const std::string& program, const std::string& preload, const Expected& expected) {
  Say((preload + "\n").c_str());
  CheckShell(preload, expected);
  CheckProgram(program, preload, expected);
}
}  // namespace

int main(int count, char** arguments) {
  CHECK(count >= 3);
  const std::string program = arguments[1], other = arguments[2];
  if (access(other.c_str(), R_OK) != 0) Skip("the other library is not here");
  const bool same = count > 3 && std::string(arguments[3]) == "same";
  const bool other_is_memgov = same || other.find("libmemgov") != std::string::npos;
  const size_t lines = same ? 0 : 1;
  Check(program, Object() + ":" + other, {lines, true});
  Check(program, other + ":" + Object(), {lines, other_is_memgov});
}
