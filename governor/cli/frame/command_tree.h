// The tool's commands and options as plain text, read from CLI11's tree: what the manual page and the shell
// completion are made from, so that they cannot differ from --help.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_COMMAND_TREE_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_COMMAND_TREE_H_

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace memgov::cli {

struct OptionText {
  std::vector<std::string> names;  // "-n", "--interval"; empty: an argument by its place
  std::string value;               // "PID", "BYTES", "FILE"; empty: takes none
  std::string default_text;
  std::string help;
  std::vector<std::string> choices;  // all that is allowed, where that is a list
  bool required = false;
  bool repeated = false;  // takes any number of values
};

// What a shell can offer for a value, by how it is called.
enum class ValueKind { kOther, kProcess, kFile, kFileOrProcess, kCommand };
ValueKind KindOf(const OptionText& option);

struct CommandText {
  std::string name;
  std::string summary;  // one line
  bool hidden = false;  // in no list
  std::vector<OptionText> options;
  std::vector<OptionText> arguments;
  std::vector<CommandText> commands;
};

CommandText ReadTree(const CLI::App& tool);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_COMMAND_TREE_H_
