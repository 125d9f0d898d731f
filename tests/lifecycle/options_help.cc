// MEMGOV_HELP=1 prints a table that names every option; the program runs. Arguments: the hello program.
#include "lifecycle/child_process.h"

int main(int, char** arguments) {
  const Outcome outcome = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_HELP=1"});
  CHECK_OUTCOME(outcome, outcome.status == 0 && outcome.out == "hello from the thread\n");
  for (const char* name : {"MEMGOV_GOVERNOR", "MEMGOV_THREAD",  "MEMGOV_TRIM_INTERVAL", "MEMGOV_IDLE_MS",
                           "MEMGOV_REPORT",   "MEMGOV_SUMMARY", "MEMGOV_HELP",          "MEMGOV_STRICT",
                           "MEMGOV_ENGINE",   "MEMGOV_POOLS",   "MEMGOV_ARENA_MAX",     "MEMGOV_START_BYTES",
                           "MEMGOV_FAIL",     "MEMGOV_BUDGET",  "MEMGOV_BUDGET_SOFT",   "MEMGOV_ON_HARD",
                           "MEMGOV_PRESSURE", "MEMGOV_COHORT",  "MEMGOV_EXPORT",        "MEMGOV_DIR"}) {
    CHECK_OUTCOME(outcome, outcome.err.find(name) != std::string::npos);
  }
}
