#include "governor/cli/launch/command_words.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/proc/memory.h"

namespace memgov::cli {

std::vector<std::string> OwnArguments() {
  absl::StatusOr<std::vector<std::string>> words = Proc().ReadCommandLine(getpid());
  return words.ok() ? *std::move(words) : std::vector<std::string>();
}

absl::StatusOr<std::vector<std::string>> CommandWords(const std::vector<std::string>& arguments,
                                                      const std::vector<std::string>& parsed,
                                                      const std::vector<std::string>& unknown) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  const auto option =
      std::find_if(unknown.begin(), unknown.end(), [](const std::string& word) { return word != "--"; });
  if (option != unknown.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("The following argument was not expected: ", Printable(*option),
                     dashes == arguments.end() ? " (put -- before the command)" : ""));
  }
  if (dashes != arguments.end()) {
    const std::vector<std::string> words(dashes + 1, arguments.end());
    if (words.empty()) return absl::InvalidArgumentError("no command behind --");
    return words;
  }
  const bool whole = std::all_of(parsed.begin(), parsed.end(), [&](const std::string& word) {
    return std::find(arguments.begin(), arguments.end(), word) != arguments.end();
  });
  if (!whole) return absl::InvalidArgumentError("put -- before the command: its words are not plain ones");
  return parsed;
}

}  // namespace memgov::cli
