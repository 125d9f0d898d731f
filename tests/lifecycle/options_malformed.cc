// A malformed value of any option gets one line with name, value and what is allowed; the default applies.
// Arguments: the hello program.
#include "lifecycle/child_process.h"

namespace {
const struct {
  const char *name, *value;
} kMalformed[] = {
    {"MEMGOV_GOVERNOR", "maybe"},
    {"MEMGOV_GOVERNOR", ""},
    {"MEMGOV_THREAD", "sometimes"},
    {"MEMGOV_THREAD", "aut"},
    {"MEMGOV_TRIM_INTERVAL", "10 parsecs"},
    {"MEMGOV_TRIM_INTERVAL", "-5s"},
    {"MEMGOV_TRIM_INTERVAL", "99999999999999999999s"},
    {"MEMGOV_IDLE_MS", "soon"},
    {"MEMGOV_IDLE_MS", "-1"},
    {"MEMGOV_REPORT", "often"},
    {"MEMGOV_SUMMARY", "2"},
    {"MEMGOV_HELP", "please"},
    {"MEMGOV_STRICT", "very"},
    {"MEMGOV_ENGINE", "turbo"},
    {"MEMGOV_POOLS", "nonsense"},
    {"MEMGOV_POOLS", "tokio-*=io;=x;"},
    {"MEMGOV_ARENA_MAX", "many"},
    {"MEMGOV_ARENA_MAX", "-3"},
    {"MEMGOV_ARENA_MAX", "100000"},
    {"MEMGOV_START_BYTES", "64Q"},
    {"MEMGOV_START_BYTES", "999999999999T"},
    {"MEMGOV_START_BYTES", "1"},
    {"MEMGOV_POOLS", "tokio-*=io:1K"},
    {"MEMGOV_POOLS", "a*=io:64M;b*=io:65M"},
    {"MEMGOV_BUDGET", "-1"},
    {"MEMGOV_BUDGET", "0"},
    {"MEMGOV_BUDGET", "1e"},
    {"MEMGOV_BUDGET", "200%"},
    {"MEMGOV_BUDGET", "0%"},
    {"MEMGOV_BUDGET", ""},
    {"MEMGOV_BUDGET", "12X"},
    {"MEMGOV_BUDGET", "15M"},
    {"MEMGOV_BUDGET_SOFT", "off"},
    {"MEMGOV_BUDGET_SOFT", "101%"},
    {"MEMGOV_ON_HARD", "die"},
    {"MEMGOV_PRESSURE", "high"},
    {"MEMGOV_COHORT", "some"},
    {"MEMGOV_EXPORT", "prometheus"},
    {"MEMGOV_DIR", "run/user"},
    {"MEMGOV_FAIL", "mmap"},
    {"MEMGOV_FAIL", "teleport@3"},
    {"MEMGOV_FAIL", "mmap@0x"},
};

void Check(const std::string& program, const std::string& name, const std::string& value) {
  const std::string variable = name + "=" + value;
  const Outcome outcome = RunChild({program}, {"LD_PRELOAD=" + Object(), variable});
  Say((variable + "\n").c_str());
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.out == "hello from the thread\n");
  CHECK_OUTCOME(outcome, outcome.Messages().size() == 1);
  const std::string message = outcome.Messages()[0];
  CHECK_OUTCOME(outcome, message.find(name) != std::string::npos && message.find(value) != std::string::npos);
  CHECK_OUTCOME(outcome, message.find("allowed") != std::string::npos);
}
}  // namespace

int main(int, char** arguments) {
  for (const auto& malformed : kMalformed) Check(arguments[1], malformed.name, malformed.value);
  // Beyond any message's length: still one line, and no harm.
  Check(arguments[1], "MEMGOV_POOLS", std::string(40, 'x'));
  const Outcome outcome =
      RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_POOLS=" + std::string(100000, 'x')});
  CHECK_OUTCOME(outcome, outcome.status == 0 && outcome.Messages().size() == 1);
}
