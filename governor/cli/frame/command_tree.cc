#include "governor/cli/frame/command_tree.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

namespace memgov::cli {
namespace {

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return std::toupper(letter); });
  return text;
}

// CLI11 describes a list of what is allowed as "TEXT:{a,b}", and other checks as "TEXT:FILE".
void ReadType(const std::string& type, OptionText& option) {
  const size_t open = type.find('{');
  const size_t close = type.find('}', open == std::string::npos ? 0 : open);
  if (open != std::string::npos && close != std::string::npos) {
    option.choices = CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
    option.value = CLI::detail::join(option.choices, "|");
    return;
  }
  const size_t colon = type.find(':');
  const std::string check = colon == std::string::npos ? "" : type.substr(colon + 1);
  const bool names_a_file =
      check.rfind("FILE", 0) == 0 || check.rfind("PATH", 0) == 0 || check.rfind("DIR", 0) == 0;
  option.value = names_a_file ? check : type.substr(0, colon);
}

OptionText ReadOption(const CLI::Option& from) {
  OptionText option;
  for (const std::string& name : from.get_snames()) option.names.push_back("-" + name);
  for (const std::string& name : from.get_lnames()) option.names.push_back("--" + name);
  option.help = from.get_description();
  option.default_text = from.get_default_str();
  option.required = from.get_required();
  option.repeated = from.get_items_expected_max() >= CLI::detail::expected_max_vector_size;
  if (from.get_items_expected_max() > 0) ReadType(from.get_type_name(), option);
  // An argument goes by its own name: PID says more than INT.
  if (from.get_positional()) option.value = Upper(from.get_name(true));
  return option;
}

bool Contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

ValueKind KindOf(const OptionText& option) {
  const std::string value = Upper(option.value);
  const bool file = Contains(value, "FILE") || Contains(value, "PATH") || Contains(value, "DIR");
  const bool process = Contains(value, "PID") || Contains(value, "PROCESS");
  if (file && process) return ValueKind::kFileOrProcess;
  if (file) return ValueKind::kFile;
  if (process) return ValueKind::kProcess;
  return Contains(value, "CMD") || Contains(value, "COMMAND") ? ValueKind::kCommand : ValueKind::kOther;
}

CommandText ReadTree(const CLI::App& tool) {
  CommandText command;
  command.name = tool.get_name();
  command.summary = tool.get_description();
  command.hidden = tool.get_group().empty();
  for (const CLI::Option* option : tool.get_options()) {
    if (option->get_group().empty()) continue;
    auto& list = option->get_positional() ? command.arguments : command.options;
    list.push_back(ReadOption(*option));
  }
  for (const CLI::App* child : tool.get_subcommands([](const CLI::App*) { return true; })) {
    command.commands.push_back(ReadTree(*child));
  }
  return command;
}

}  // namespace memgov::cli
