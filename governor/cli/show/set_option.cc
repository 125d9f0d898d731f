#include "governor/cli/show/set_option.h"

#include <algorithm>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "governor/base/message.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/views.h"
#include "governor/cli/show/fresh.h"
#include "governor/cli/show/json_figures.h"
#include "governor/config/options.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);
constexpr size_t kMostBytes = 250;  // a request has 256 (docs/control.md)
constexpr size_t kMostWhyBytes = 1024;
constexpr size_t kMostShownBytes = 80;

// The process' words, a line at a time, so that none of them reaches the terminal as it is.
void PrintText(const std::string& text) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty()))) {
    std::cout << Printable(line) << "\n";
  }
}

absl::Status NotUnderstood(std::string_view answer) {
  return absl::DataLossError(absl::StrCat("the process answered \"",
                                          Printable(answer.substr(0, kMostShownBytes)),
                                          "\": of another version of memgov?"));
}

// "  MEMGOV_BUDGET         300.0 MB          environment"; of a line that was too long the end is missing.
bool ParseOption(absl::string_view line, OptionValue* option) {
  if (!absl::ConsumePrefix(&line, "  MEMGOV_")) return false;
  const size_t end = line.find(' ');
  if (end == line.npos) return false;
  option->name = absl::StrCat("MEMGOV_", line.substr(0, end));
  line = absl::StripAsciiWhitespace(line.substr(end));
  for (const OptionSource source :
       {OptionSource::kDefault, OptionSource::kEnvironment, OptionSource::kRunning}) {
    const char* name = options::OptionSourceName(source);
    if (!absl::ConsumeSuffix(&line, name)) continue;
    option->source = name;
    break;
  }
  option->value = std::string(absl::StripAsciiWhitespace(line));
  return true;
}

int Show(const Governed& process, bool json) {
  const auto answer = AskWithProgress(process, "config", kPatience, "asking");
  if (!answer.ok()) return Fail(answer.status());
  if (!json) {
    PrintText(*answer);
    return kOk;
  }
  const auto values = ParseOptions(*answer);
  if (!values.ok()) return Fail(values.status());
  Json list = Json::array();
  for (const OptionValue& option : *values)
    list.push_back(Json{{"name", option.name}, {"value", option.value}, {"source", option.source}});
  Print(Json{{"pid", process.pid}, {"options", std::move(list)}}, std::cout);
  return kOk;
}

// What was refused, and what is in force nevertheless.
absl::Status Refused(const absl::Status& status, const std::vector<std::string>& done) {
  if (done.empty()) return status;
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(), "; in force already: ", Printable(absl::StrJoin(done, ", "))));
}

int Change(const Governed& process, const std::vector<std::string>& assignments, bool json) {
  Json changes = Json::array();
  std::vector<std::string> done;
  for (const std::string& assignment : assignments) {
    const auto answer = AskWithProgress(process, absl::StrCat("set ", assignment), kPatience, "asking");
    if (!answer.ok()) return Fail(Refused(answer.status(), done));
    done.push_back(assignment);
    if (!json) {
      PrintText(*answer);
      continue;
    }
    const auto changed = ParseChanged(*answer);
    if (!changed.ok()) return Fail(Refused(changed.status(), done));
    changes.push_back(Json{{"name", changed->name}, {"value", changed->value}, {"was", changed->was}});
  }
  if (json) Print(Json{{"pid", process.pid}, {"changed", std::move(changes)}}, std::cout);
  return kOk;
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

absl::Status CheckTogether(const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) {
    TextBuffer<kMostWhyBytes> why;
    options::Assignment parsed;
    if (!options::ParseAssignment(assignment.c_str(), &parsed, why)) {
      return absl::InvalidArgumentError(
          absl::StrCat(std::string(why.data(), why.size()), "; nothing was changed"));
    }
    options::SetWhileRunning(parsed);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<OptionValue>> ParseOptions(std::string_view answer) {
  std::vector<OptionValue> values;
  for (const absl::string_view line : absl::StrSplit(View(answer), '\n')) {
    OptionValue option;
    if (ParseOption(line, &option)) values.push_back(std::move(option));
  }
  if (values.empty()) return NotUnderstood(answer);
  return values;
}

absl::StatusOr<OptionChanged> ParseChanged(std::string_view answer) {
  const std::vector<std::string> name = absl::StrSplit(View(answer), absl::MaxSplits(" is ", 1));
  const std::vector<std::string> values = absl::StrSplit(name.back(), absl::MaxSplits(", was ", 1));
  if (name.size() != 2 || values.size() != 2 || name.front().empty()) return NotUnderstood(answer);
  return OptionChanged{name.front(), values.front(), values.back()};
}

int RunSet(int pid, const std::vector<std::string>& assignments, bool json) {
  for (const std::string& assignment : assignments) {
    if (const absl::Status check = CheckAssignment(assignment); !check.ok()) return Fail(check);
  }
  // One is made or not as a whole; whether it is good the process itself says, of whatever version it is.
  if (assignments.size() > 1) {
    if (const absl::Status check = CheckTogether(assignments); !check.ok()) return Fail(check);
  }
  const auto process = FindGoverned(pid);
  if (!process.ok()) return Fail(process.status());
  return assignments.empty() ? Show(*process, json) : Change(*process, assignments, json);
}

}  // namespace memgov::cli
