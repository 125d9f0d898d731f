#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "governor/cli/frame/completion.h"

namespace memgov::cli {
namespace {

constexpr char kHead[] = R"(# bash completion of memgov, written by `memgov completion bash`.

_memgov_pids() {
  memgov ps --json 2>/dev/null | grep -o '"pid": *[0-9]*' | grep -o '[0-9]*$'
}

_memgov_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2"); }

_memgov_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# The command that memgov starts, and its arguments.
_memgov_started() {
  if (($1 == 0)); then
    mapfile -t COMPREPLY < <(compgen -c -- "$2")
  else
    _memgov_files "$2"
  fi
}

_memgov() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' index
  COMPREPLY=()
  # "--option=value" comes in three words.
  [[ $previous == '=' ]] && ((COMP_CWORD > 1)) && previous=${COMP_WORDS[COMP_CWORD - 2]}
  [[ $current == '=' ]] && current=''
  for ((index = 1; index < COMP_CWORD; ++index)); do
    case ${COMP_WORDS[index]} in
      --)
        _memgov_started $((COMP_CWORD - index - 1)) "$current"
        return
        ;;
      -*) ;;
      *) [[ -n $command ]] || command=${COMP_WORDS[index]} ;;
    esac
  done
)";

constexpr char kTail[] = R"(}

complete -F _memgov memgov
)";

std::string Offer(ValueKind kind) {
  switch (kind) {
    case ValueKind::kProcess:
      return "_memgov_words \"$(_memgov_pids)\" \"$current\"";
    case ValueKind::kFile:
      return "_memgov_files \"$current\"";
    case ValueKind::kFileOrProcess:
      return "_memgov_files \"$current\"; COMPREPLY+=($(compgen -W \"$(_memgov_pids)\" -- \"$current\"))";
    case ValueKind::kCommand:
      return "_memgov_started 0 \"$current\"";
    case ValueKind::kOther:
      break;
  }
  return ":";
}

std::string OfferValue(const OptionText& option) {
  if (option.choices.empty()) return Offer(KindOf(option));
  return absl::StrCat("_memgov_words '", absl::StrJoin(option.choices, " "), "' \"$current\"");
}

// What follows an option that takes a value.
std::string ValueCases(const CommandText& tool) {
  std::string cases;
  for (const CommandText& command : tool.commands) {
    for (const OptionText& option : command.options) {
      if (option.value.empty()) continue;
      const std::string patterns =
          absl::StrJoin(option.names, " | ", [&command](std::string* out, const std::string& name) {
            absl::StrAppend(out, "'", command.name, " ", name, "'");
          });
      absl::StrAppend(&cases, "    ", patterns, ") ", OfferValue(option), "; return ;;\n");
    }
  }
  return cases.empty() ? "" : absl::StrCat("  case \"$command $previous\" in\n", cases, "  esac\n");
}

std::string OptionNames(const CommandText& command) {
  return absl::StrJoin(command.options, " ", [](std::string* out, const OptionText& option) {
    out->append(absl::StrJoin(option.names, " "));
  });
}

std::string OfferArguments(const CommandText& command) {
  if (command.arguments.empty()) return ":";
  return OfferValue(command.arguments.front());
}

std::string CommandNames(const CommandText& tool) {
  std::string names;
  for (const CommandText& command : tool.commands) {
    if (!command.hidden) absl::StrAppend(&names, names.empty() ? "" : " ", command.name);
  }
  return names;
}

}  // namespace

std::string BashCompletion(const CommandText& tool) {
  std::string script = absl::StrCat(kHead, ValueCases(tool), "  case $command in\n");
  absl::StrAppend(&script, "    '') _memgov_words '", CommandNames(tool), " ", OptionNames(tool),
                  "' \"$current\" ;;\n");
  for (const CommandText& command : tool.commands) {
    absl::StrAppend(&script, "    ", command.name,
                    ")\n      if [[ $current == -* ]]; then\n        _memgov_words '", OptionNames(command),
                    "' \"$current\"\n      else\n        ", OfferArguments(command),
                    "\n      fi\n      ;;\n");
  }
  return absl::StrCat(script, "  esac\n", kTail);
}

}  // namespace memgov::cli
