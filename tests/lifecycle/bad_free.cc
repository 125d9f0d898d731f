// A free of what is no block: one line that names the pointer and what it is, then SIGABRT; with
// MEMGOV_ON_BAD_FREE=count the line, and the process goes on. Arguments: the program.
#include <signal.h>

#include "lifecycle/child_process.h"

namespace {
constexpr const char* kDouble = "freed before (double free)";
constexpr const char* kInterior = "inside a block, not at its begin";
constexpr const char* kNoBlock = "memory of memgov's, but no block that is in use";

struct Case {
  const char* name;
  const char* text;
  const char* check;
} constexpr kCases[] = {{"double_at_once", kDouble, "1"},
                        {"double_later", kDouble, "0"},
                        {"double_large", kNoBlock, "0"},
                        {"interior_small", kInterior, "0"},
                        {"interior_odd", kInterior, "1"},
                        {"interior_large", kInterior, "0"},
                        {"interior_mapped", kInterior, "0"},
                        {"interior_resized", kInterior, "0"},
                        {"wild", kNoBlock, "0"}};

Outcome Run(const std::string& program, const Case& each, const std::string& on_bad_free) {
  return RunChild({program, each.name}, {"LD_PRELOAD=" + Object(), std::string("MEMGOV_CHECK=") + each.check,
                                         "MEMGOV_ON_BAD_FREE=" + on_bad_free});
}

std::string Line(const Outcome& outcome, const Case& each, const std::string& what_follows) {
  const std::string pointer = outcome.out.substr(0, outcome.out.find('\n'));
  return "memgov: free(" + pointer + "): " + each.text + "; " + what_follows + "\n";
}

void Check(const std::string& program, const Case& each) {
  Say(each.name);
  Say("\n");
  const Outcome aborted = Run(program, each, "abort");
  CHECK_OUTCOME(aborted, aborted.status == 128 + SIGABRT);
  CHECK_OUTCOME(aborted, aborted.err == Line(aborted, each, "aborting (MEMGOV_ON_BAD_FREE=count goes on)"));

  const Outcome counted = Run(program, each, "count");
  CHECK_OUTCOME(counted, counted.status == 0);
  CHECK_OUTCOME(counted, counted.err == Line(counted, each, "ignored (MEMGOV_ON_BAD_FREE=count)"));
  CHECK_OUTCOME(counted, counted.out.find("went on\n") != std::string::npos);
}
}  // namespace

int main(int, char** arguments) {
  for (const Case& each : kCases) Check(arguments[1], each);
}
