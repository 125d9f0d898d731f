// `memgov manual` and `memgov completion`: the tool's own tree as a page and as scripts.
#include <CLI/CLI.hpp>
#include <iostream>

#include "governor/base/message.h"
#include "governor/cli/frame/command_tree.h"
#include "governor/cli/frame/commands.h"
#include "governor/cli/frame/completion.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/manual.h"
#include "governor/config/options.h"

namespace memgov::cli {
namespace {

std::vector<VariableText> VariableTexts() {
  std::vector<VariableText> variables;
  for (int index = 0; index < static_cast<int>(Option::kCount); ++index) {
    const OptionSpec& spec = options::Spec(static_cast<Option>(index));
    TextBuffer<1024> allowed;
    options::DescribeAllowed(spec, allowed);
    variables.push_back({spec.name, spec.default_text, std::string(allowed.data(), allowed.size()), spec.help,
                         spec.change == OptionChange::kLive});
  }
  return variables;
}

std::string Completion(const std::string& shell, const CommandText& tree) {
  if (shell == "zsh") return ZshCompletion(tree);
  return shell == "fish" ? FishCompletion(tree) : BashCompletion(tree);
}

}  // namespace

void AddManual(CLI::App& tool, int* exit_status) {
  CLI::App* command = tool.add_subcommand("manual", "Print the manual page, for man -l");
  command->group("");
  command->callback([&tool, exit_status] {
    std::cout << ManualPage(ReadTree(tool), VariableTexts(), MEMGOV_VERSION);
    *exit_status = kOk;
  });
}

void AddCompletion(CLI::App& tool, int* exit_status) {
  CLI::App* command = tool.add_subcommand("completion", "Print a completion script for a shell");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "For which shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&tool, shell, exit_status] {
    std::cout << Completion(*shell, ReadTree(tool));
    *exit_status = kOk;
  });
}

}  // namespace memgov::cli
