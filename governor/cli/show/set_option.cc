#include "governor/cli/show/set_option.h"

#include <algorithm>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/show/fresh.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);
constexpr size_t kMostBytes = 250;  // a request has 256 (docs/control.md)

// The process' words, a line at a time, so that none of them reaches the terminal as it is.
void PrintText(const std::string& text) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty()))) {
    std::cout << Printable(line) << "\n";
  }
}

}  // namespace

absl::Status CheckAssignment(const std::string& assignment) {
  const size_t equals = assignment.find('=');
  const bool is_whole = equals != std::string::npos && equals > 0 && equals + 1 < assignment.size();
  const bool is_text = std::all_of(assignment.begin(), assignment.end(),
                                   [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
  if (is_whole && is_text && assignment.size() <= kMostBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("set: \"", Printable(assignment.substr(0, kMostBytes)),
                                                 "\" is no OPTION=VALUE, for example BUDGET=300M; at most ",
                                                 kMostBytes, " characters"));
}

int RunSet(int pid, const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) {
    if (const absl::Status check = CheckAssignment(assignment); !check.ok()) return Fail(check);
  }
  const auto process = FindGoverned(pid);
  if (!process.ok()) return Fail(process.status());
  std::vector<std::string> requests;
  for (const std::string& assignment : assignments) requests.push_back(absl::StrCat("set ", assignment));
  if (requests.empty()) requests.emplace_back("config");
  for (const std::string& request : requests) {
    const auto answer = AskWithProgress(*process, request, kPatience, "asking");
    if (!answer.ok()) return Fail(answer.status());
    PrintText(*answer);
  }
  return kOk;
}

}  // namespace memgov::cli
