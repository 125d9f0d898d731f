#include "governor/cli/frame/manual.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace memgov::cli {
namespace {

std::string Bold(const std::string& text) { return absl::StrCat("\\fB", Roff(text), "\\fR"); }
std::string Italic(const std::string& text) { return absl::StrCat("\\fI", Roff(text), "\\fR"); }

std::string Sentence(std::string text) {
  if (!text.empty() && text.back() != '.' && text.back() != '?') text += '.';
  return text;
}

std::string ArgumentUse(const OptionText& argument) {
  const std::string name = Italic(argument.value) + (argument.repeated ? " ..." : "");
  return argument.required ? name : absl::StrCat("[", name, "]");
}

std::string Synopsis(const CommandText& command) {
  std::string text = absl::StrCat(".B memgov ", Roff(command.name), "\n");
  if (!command.options.empty()) absl::StrAppend(&text, "[", Italic("options"), "]\n");
  for (const OptionText& argument : command.arguments) absl::StrAppend(&text, ArgumentUse(argument), "\n");
  return text;
}

std::string Names(const OptionText& option) {
  if (option.names.empty()) return Italic(option.value);
  std::string text = absl::StrJoin(
      option.names, ", ", [](std::string* out, const std::string& name) { out->append(Bold(name)); });
  if (!option.value.empty()) absl::StrAppend(&text, " ", Italic(option.value));
  return text;
}

bool IsHelp(const OptionText& option) { return !option.names.empty() && option.names.back() == "--help"; }

void AddOption(const OptionText& option, std::string& page) {
  absl::StrAppend(&page, ".TP\n", Names(option), "\n", Roff(Sentence(option.help)));
  if (!option.default_text.empty()) absl::StrAppend(&page, " Default: ", Roff(option.default_text), ".");
  page += "\n";
}

void AddCommand(const CommandText& command, std::string& page) {
  absl::StrAppend(&page, ".SS ", Roff(command.name), "\n", Synopsis(command), ".PP\n");
  absl::StrAppend(&page, Roff(Sentence(command.summary)), "\n");
  for (const OptionText& argument : command.arguments) AddOption(argument, page);
  for (const OptionText& option : command.options) {
    if (!IsHelp(option)) AddOption(option, page);
  }
}

void AddNamed(const std::vector<NamedText>& texts, std::string& page) {
  for (const NamedText& text : texts) {
    absl::StrAppend(&page, ".TP\n", Bold(text.name), "\n", Roff(text.meaning), "\n");
  }
}

void AddVariables(const std::vector<VariableText>& variables, std::string& page) {
  absl::StrAppend(&page, ".SS Of the preloaded program\nRead once, before its main.\n");
  for (const VariableText& variable : variables) {
    absl::StrAppend(&page, ".TP\n", Bold(variable.name), "\n", Roff(Sentence(variable.help)),
                    "\nAllowed: ", Roff(variable.allowed), ".");
    if (!variable.default_text.empty()) {
      absl::StrAppend(&page, " Default: ", Roff(variable.default_text), ".");
    }
    if (variable.live) page += " While it runs: \\fBmemgov set\\fR.";
    page += "\n";
  }
}

void AddExitStatus(std::string& page) {
  page += ".SH EXIT STATUS\n";
  for (const ExitCodeText& text : ExitCodeTexts()) {
    absl::StrAppend(&page, ".TP\n.B ", static_cast<int>(text.code), "\n", Roff(text.meaning), "\n");
  }
  page += ".PP\nA command that\n.B run\nstarts takes the tool's place: the status is that command's.\n";
}

constexpr char kExamples[] = R"(.SH EXAMPLES
.EX
memgov run \-\-budget 512M \-\- ./gateway    # a program under memgov
memgov ps                               # which processes hold what
memgov explain 4711                     # why is its RSS high?
memgov release 4711                     # give back now what can be given back
memgov record 4711 \-o load.jsonl        # under load, some minutes
memgov advise load.jsonl \-\-format k8s   # requests and limits from it
.EE
)";

}  // namespace

std::string Roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char letter : text) {
    if (line_begins && (letter == '.' || letter == '\'')) out += "\\&";
    line_begins = letter == '\n';
    if (letter == '\\') {
      out += "\\e";
    } else if (letter == '-') {
      out += "\\-";
    } else if (letter == '"') {
      out += "\\(dq";
    } else {
      out += letter;
    }
  }
  return out;
}

std::string ManualPage(const CommandText& tool, const std::vector<VariableText>& variables,
                       std::string_view version) {
  std::string page =
      absl::StrCat(".TH MEMGOV 1 \"\" \"memgov ", std::string(version), "\" \"User Commands\"\n");
  absl::StrAppend(&page,
                  ".SH NAME\nmemgov \\- see and steer the memory of gateway processes\n.SH SYNOPSIS\n");
  absl::StrAppend(&page, ".B memgov\n", Italic("command"), " [", Italic("options"), "] [",
                  Italic("arguments"), "]\n");
  absl::StrAppend(&page, ".SH DESCRIPTION\n", Roff(Sentence(tool.summary)), "\n");
  page +=
      "A process is governed when libmemgov.so is preloaded into it\n(LD_PRELOAD, or\n.BR \"memgov run\" )\n"
      "and its governor has started. Sizes are 1024\\-based: 1 MB is 1048576 bytes.\n.SH COMMANDS\nEach "
      "takes\n.BR \\-\\-help .\n";
  for (const CommandText& command : tool.commands) {
    if (!command.hidden) AddCommand(command, page);
  }
  AddExitStatus(page);
  page += ".SH ENVIRONMENT\n.SS Of this tool\n";
  AddNamed(ToolVariables(), page);
  AddVariables(variables, page);
  page += ".SH FILES\n";
  AddNamed(ToolFiles(), page);
  page += kExamples;
  return page + ".SH SEE ALSO\n.BR ld.so (8),\n.BR cgroups (7),\n.BR proc (5)\n";
}

}  // namespace memgov::cli
