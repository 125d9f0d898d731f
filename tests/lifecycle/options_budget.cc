// A budget beyond the machine's memory is taken, with one line that says so; a soft budget above the hard one
// gets one line and stops a strict start. Good budgets get none. Arguments: the hello program.
#include "lifecycle/child_process.h"

namespace {

Outcome Run(const std::string& program, std::vector<std::string> variables) {
  variables.push_back("LD_PRELOAD=" + Object());
  const Outcome outcome = RunChild({program}, variables);
  for (const std::string& variable : variables) Say((variable + "\n").c_str());
  return outcome;
}

bool RanInSilence(const Outcome& outcome) {
  return outcome.status == 0 && outcome.out == "hello from the thread\n" && outcome.Messages().empty();
}

}  // namespace

int main(int, char** arguments) {
  const std::string hello = arguments[1];
  const Outcome huge = Run(hello, {"MEMGOV_BUDGET=8000000TB", "MEMGOV_STRICT=1"});
  CHECK_OUTCOME(huge, huge.status == 0 && huge.out == "hello from the thread\n");
  CHECK_OUTCOME(huge, huge.Messages().size() == 1);
  CHECK_OUTCOME(huge, huge.Messages()[0].find("MEMGOV_BUDGET=8000000TB") != std::string::npos);
  CHECK_OUTCOME(huge, huge.Messages()[0].find("never reached") != std::string::npos);

  const Outcome crossed = Run(hello, {"MEMGOV_BUDGET=256M", "MEMGOV_BUDGET_SOFT=257M"});
  CHECK_OUTCOME(crossed, crossed.status == 0 && crossed.Messages().size() == 1);
  CHECK_OUTCOME(crossed, crossed.Messages()[0].find("MEMGOV_BUDGET_SOFT=257M") != std::string::npos);
  const Outcome strict = Run(hello, {"MEMGOV_BUDGET=256M", "MEMGOV_BUDGET_SOFT=257M", "MEMGOV_STRICT=1"});
  CHECK_OUTCOME(strict, strict.status == 2 && strict.out.empty());

  for (const char* good :
       {"MEMGOV_BUDGET=auto", "MEMGOV_BUDGET=off", "MEMGOV_BUDGET=256M", "MEMGOV_BUDGET=75%",
        "MEMGOV_BUDGET_SOFT=200M", "MEMGOV_ON_HARD=ignore", "MEMGOV_POOLS=h*=h:64M", "MEMGOV_PRESSURE=0",
        "MEMGOV_COHORT=0", "MEMGOV_EXPORT=0", "MEMGOV_DIR=/tmp"}) {
    const Outcome outcome = Run(hello, {good});
    CHECK_OUTCOME(outcome, RanInSilence(outcome));
  }
}
