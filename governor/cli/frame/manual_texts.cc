// What the manual page says beside commands and options.
#include "governor/cli/frame/manual.h"

namespace memgov::cli {

const std::vector<ExitCodeText>& ExitCodeTexts() {
  static const auto* const texts = new std::vector<ExitCodeText>{
      {kOk, "All is well."},
      {kNo, "The answer is no: not healthy, over a limit, a release that failed."},
      {kUsage, "A bad argument."},
      {kNotFound, "No such process, or not one that memgov governs; no such file."},
      {kNotPermitted, "Another user's."},
      {kUnavailable,
       "It does not answer, is of another version, its files cannot be read, or output cannot be written."},
      {kCannotRun, "run, try, check: the command cannot be preloaded or executed."},
      {kNoCommand, "run, try, check: no such command."},
  };
  return *texts;
}

const std::vector<NamedText>& ToolVariables() {
  static const auto* const texts = new std::vector<NamedText>{
      {"MEMGOV_DIR", "A runtime folder to look for governed processes in, before the usual ones."},
      {"MEMGOV_LIBRARY_DIR", "The folder of the preloadable objects, where they are not beside the tool."},
      {"XDG_RUNTIME_DIR", "The next folder to look in; then /run, /run/user and /dev/shm."},
      {"NO_COLOR", "Set to anything: no colours."},
      {"COLUMNS", "The width of the terminal, where the terminal does not say."},
  };
  return *texts;
}

const std::vector<NamedText>& ToolFiles() {
  static const auto* const texts = new std::vector<NamedText>{
      {"<folder>/memgov-<uid>/<pid>.stats", "The figures of a governed process, for readers of its user."},
      {"<folder>/memgov-<uid>/<pid>.sock", "Its control socket."},
      {"<folder>/memgov-<uid>/<pid>.evidence", "What memory did before the process was killed."},
  };
  return *texts;
}

}  // namespace memgov::cli
