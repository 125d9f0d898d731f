#include "governor/cli/launch/script_line.h"

namespace memgov::cli {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// Takes the first word off.
std::string_view TakeWord(std::string_view* text) {
  const std::string_view rest = Trim(*text);
  const size_t end = rest.find_first_of(kBlanks);
  *text = end == std::string_view::npos ? std::string_view() : Trim(rest.substr(end));
  return rest.substr(0, end);
}

bool IsAssignment(std::string_view word) { return word.find('=') != std::string_view::npos; }

}  // namespace

std::optional<ScriptLine> ParseScriptLine(std::string_view beginning) {
  beginning = beginning.substr(0, kScriptLineBytes);
  if (!beginning.starts_with("#!")) return std::nullopt;
  std::string_view line = beginning.substr(2);
  line = line.substr(0, line.find_first_of(std::string_view("\n\0", 2)));
  const std::string_view interpreter = TakeWord(&line);
  if (interpreter.empty()) return std::nullopt;
  return ScriptLine{std::string(interpreter), std::string(line)};
}

std::optional<std::string> ProgramOfEnv(const ScriptLine& line) {
  std::string_view rest = line.argument;
  // Without -S the whole argument is one word.
  if (!rest.starts_with("-")) {
    if (rest.empty() || IsAssignment(rest)) return std::nullopt;
    return std::string(rest);
  }
  if (!rest.starts_with("-S")) return std::nullopt;
  rest.remove_prefix(2);
  std::string_view word = TakeWord(&rest);
  while (IsAssignment(word)) word = TakeWord(&rest);
  if (word.empty() || word.starts_with("-")) return std::nullopt;
  return std::string(word);
}

}  // namespace memgov::cli
