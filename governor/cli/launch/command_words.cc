#include "governor/cli/launch/command_words.h"

#include <unistd.h>

#include <algorithm>

#include "governor/cli/proc/memory.h"

namespace memgov::cli {

std::vector<std::string> OwnArguments() {
  absl::StatusOr<std::vector<std::string>> words = Proc().ReadCommandLine(getpid());
  return words.ok() ? *std::move(words) : std::vector<std::string>();
}

absl::StatusOr<std::vector<std::string>> CommandWords(const std::vector<std::string>& arguments,
                                                      const std::vector<std::string>& parsed) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
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
