// The first line of a script: which program runs it.
//
// Safety: pure functions. Assumptions: execve(2), env(1).
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_SCRIPT_LINE_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_SCRIPT_LINE_H_

#include <optional>
#include <string>
#include <string_view>

namespace memgov::cli {

// The kernel looks at no more of a file than this (BINPRM_BUF_SIZE since Linux 5.1).
constexpr size_t kScriptLineBytes = 256;

struct ScriptLine {
  std::string interpreter;
  std::string argument;  // all that follows, without blanks at its ends; "" for none
};

// nullopt: the text does not begin with #!, or names nothing behind it.
std::optional<ScriptLine> ParseScriptLine(std::string_view beginning);

// What `env` is asked to run, by its one argument: "python3"; "-S python3 -u": "python3". nullopt: none, or
// options that only env itself understands.
std::optional<std::string> ProgramOfEnv(const ScriptLine& line);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_SCRIPT_LINE_H_
