// The manual page memgov(1), in the macros that man(7) describes.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_MANUAL_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_MANUAL_H_

#include <string>
#include <string_view>
#include <vector>

#include "governor/cli/frame/command_tree.h"
#include "governor/cli/frame/exit_codes.h"

namespace memgov::cli {

struct ExitCodeText {
  ExitCode code;
  const char* meaning;
};
// Every code of exit_codes.h.
const std::vector<ExitCodeText>& ExitCodeTexts();

// One of the preloaded object's options.
struct VariableText {
  std::string name;
  std::string default_text;
  std::string allowed;
  std::string help;
  bool live = false;  // may change while the process runs
};

// A name of this tool's own, or a file.
struct NamedText {
  const char* name;
  const char* meaning;
};
const std::vector<NamedText>& ToolVariables();
const std::vector<NamedText>& ToolFiles();

// The page; `version` "0.1.0". No date in it: the same sources make the same page.
std::string ManualPage(const CommandText& tool, const std::vector<VariableText>& variables,
                       std::string_view version);

// Text for troff: backslashes, hyphens that are to be typed, and dots and quotation marks that begin a line.
std::string Roff(std::string_view text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_MANUAL_H_
