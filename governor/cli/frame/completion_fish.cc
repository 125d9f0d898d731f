#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "governor/cli/frame/completion.h"

namespace memgov::cli {
namespace {

constexpr char kHead[] = R"(# fish completion of memgov, written by `memgov completion fish`.

function __memgov_pids
    memgov ps --json 2>/dev/null | string match -r -a '"pid": *[0-9]+' | string replace -r '.*: *' ''
end

complete -c memgov -f
)";

// fish's single quotes know \' and \\ only.
std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

std::string Offer(const OptionText& option) {
  if (!option.choices.empty()) return absl::StrCat(" -x -a ", Quoted(absl::StrJoin(option.choices, " ")));
  switch (KindOf(option)) {
    case ValueKind::kProcess:
      return " -x -a '(__memgov_pids)'";
    case ValueKind::kFile:
      return " -r -F";
    case ValueKind::kFileOrProcess:
      return " -r -F -a '(__memgov_pids)'";
    case ValueKind::kCommand:
      return " -x -a '(__fish_complete_subcommand)'";
    case ValueKind::kOther:
      break;
  }
  return " -x";
}

std::string OptionLine(const std::string& when, const OptionText& option) {
  std::string line = absl::StrCat("complete -c memgov -n ", when);
  for (const std::string& name : option.names) {
    absl::StrAppend(&line, name[1] == '-' ? " -l " : " -s ", name.substr(name[1] == '-' ? 2 : 1));
  }
  if (!option.value.empty()) line += Offer(option);
  return absl::StrCat(line, " -d ", Quoted(option.help), "\n");
}

}  // namespace

std::string FishCompletion(const CommandText& tool) {
  std::string script = kHead;
  for (const CommandText& command : tool.commands) {
    if (command.hidden) continue;
    absl::StrAppend(&script, "complete -c memgov -n __fish_use_subcommand -a ", command.name, " -d ",
                    Quoted(command.summary), "\n");
  }
  for (const CommandText& command : tool.commands) {
    const std::string when = Quoted(absl::StrCat("__fish_seen_subcommand_from ", command.name));
    for (const OptionText& option : command.options) script += OptionLine(when, option);
    for (const OptionText& argument : command.arguments) {
      absl::StrAppend(&script, "complete -c memgov -n ", when, Offer(argument), "\n");
    }
  }
  return script;
}

}  // namespace memgov::cli
