#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "governor/cli/frame/completion.h"

namespace memgov::cli {
namespace {

constexpr char kHead[] = R"TEXT(#compdef memgov
# zsh completion of memgov, written by `memgov completion zsh`.

_memgov_pids() {
  local -a pids
  pids=(${(f)"$(memgov ps --json 2>/dev/null | grep -o '"pid": *[0-9]*' | grep -o '[0-9]*$')"})
  compadd -a pids
}

_memgov_files_and_pids() {
  _memgov_pids
  _files
}

_memgov() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C '1:command:->command' '*::argument:->argument' && return
  case $state in
    command)
      local -a commands
)TEXT";

// Inside single quotes, and inside the brackets and between the colons of an _arguments specification
// (zshcompsys(1)).
std::string Quoted(const std::string& text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string Action(const OptionText& option) {
  if (!option.choices.empty()) return absl::StrCat("(", absl::StrJoin(option.choices, " "), ")");
  switch (KindOf(option)) {
    case ValueKind::kProcess:
      return "_memgov_pids";
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kFileOrProcess:
      return "_memgov_files_and_pids";
    case ValueKind::kCommand:
      return "_normal";
    case ValueKind::kOther:
      break;
  }
  return " ";
}

std::string OptionSpecs(const CommandText& command) {
  std::string specs;
  for (const OptionText& option : command.options) {
    for (const std::string& name : option.names) {
      absl::StrAppend(&specs, " \\\n          '", option.repeated ? "*" : "", name, "[", Quoted(option.help),
                      "]");
      if (!option.value.empty()) absl::StrAppend(&specs, ":", Quoted(option.value), ":", Action(option));
      specs += "'";
    }
  }
  return specs;
}

std::string ArgumentSpecs(const CommandText& command) {
  std::string specs;
  int place = 1;
  const auto add = [&specs](const std::string& spec) {
    absl::StrAppend(&specs, " \\\n          '", spec, "'");
  };
  for (const OptionText& argument : command.arguments) {
    if (argument.repeated && KindOf(argument) == ValueKind::kCommand) {
      // As zsh's own completion of sudo does it: a command, then whatever that command takes.
      add("(-)1:command:_command_names -e");
      add("*::arguments:_normal");
      continue;
    }
    const std::string where =
        argument.repeated ? "*:" : absl::StrCat(place++, argument.required ? ":" : "::");
    add(absl::StrCat(where, Quoted(argument.value), ":", Action(argument)));
  }
  return specs;
}

}  // namespace

std::string ZshCompletion(const CommandText& tool) {
  std::string script = absl::StrCat(kHead, "      commands=(\n");
  for (const CommandText& command : tool.commands) {
    if (!command.hidden) {
      absl::StrAppend(&script, "        '", command.name, ":", Quoted(command.summary), "'\n");
    }
  }
  script +=
      "      )\n      _describe -t commands 'memgov command' commands\n      ;;\n    argument)\n"
      "      case $line[1] in\n";
  for (const CommandText& command : tool.commands) {
    absl::StrAppend(&script, "        ", command.name, ")\n          _arguments", OptionSpecs(command),
                    ArgumentSpecs(command), "\n          ;;\n");
  }
  return absl::StrCat(script, "      esac\n      ;;\n  esac\n}\n\n_memgov \"$@\"\n");
}

}  // namespace memgov::cli
