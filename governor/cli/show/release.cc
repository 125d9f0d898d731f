#include "governor/cli/show/release.h"

#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/proc/memory.h"
#include "governor/cli/show/fresh.h"
#include "governor/cli/show/json_figures.h"

namespace memgov::cli {
namespace {

// A heap of many GB is given back in slices; the borrowed engines may take seconds.
constexpr absl::Duration kPatience = absl::Minutes(2);

bool Take(const Json& answer, const char* key, uint64_t* value) {
  const auto found = answer.find(key);
  if (found == answer.end() || !found->is_number_unsigned()) return false;
  *value = found->get<uint64_t>();
  return true;
}

absl::StatusOr<uint64_t> ResidentOf(int pid) {
  const auto brief = Proc().ReadBrief(pid);
  if (!brief.ok()) return brief.status();
  return brief->resident_bytes;
}

absl::StatusOr<ReleaseOutcome> Release(const Governed& process, const std::string& request) {
  const auto before = ResidentOf(process.pid);
  if (!before.ok()) return before.status();
  const auto answer = AskWithProgress(process, request, kPatience, "releasing");
  if (!answer.ok()) return answer.status();
  const auto after = ResidentOf(process.pid);
  if (!after.ok()) return after.status();
  absl::StatusOr<ReleaseOutcome> outcome = ParseReleaseAnswer(*answer);
  if (!outcome.ok()) return outcome;
  outcome->resident_before = *before;
  outcome->resident_after = *after;
  return outcome;
}

Json JsonOfOutcome(int pid, std::optional<uint64_t> bytes, const ReleaseOutcome& outcome) {
  return Json{{"pid", pid},
              {"asked_bytes", JsonOfBytes(bytes)},
              {"released_bytes", outcome.released_bytes},
              {"took_seconds", JsonOfSeconds(outcome.took)},
              {"resident_before_bytes", outcome.resident_before},
              {"resident_after_bytes", outcome.resident_after}};
}

}  // namespace

absl::StatusOr<ReleaseOutcome> ParseReleaseAnswer(std::string_view answer) {
  const Json json = Json::parse(answer.begin(), answer.end(), nullptr, false);
  ReleaseOutcome outcome;
  uint64_t nanoseconds = 0;
  if (!json.is_object() || !Take(json, "released_bytes", &outcome.released_bytes) ||
      !Take(json, "took_ns", &nanoseconds)) {
    return absl::DataLossError(absl::StrCat("the process answered \"", Printable(answer.substr(0, 80)),
                                            "\": of another version of memgov?"));
  }
  constexpr uint64_t kMost = INT64_MAX;
  outcome.took = absl::Nanoseconds(static_cast<int64_t>(std::min(nanoseconds, kMost)));
  return outcome;
}

std::string Describe(int pid, std::optional<uint64_t> asked, const ReleaseOutcome& outcome) {
  std::string text = absl::StrCat("process ", pid, ": ");
  if (outcome.released_bytes == 0) {
    absl::StrAppend(&text, "nothing came back");
  } else {
    absl::StrAppend(&text, FormatBytes(outcome.released_bytes), " came back");
  }
  if (asked.has_value()) absl::StrAppend(&text, " of ", FormatBytes(*asked), " asked for");
  absl::StrAppend(&text, " in ", cli::FormatDuration(outcome.took), "; RSS ",
                  FormatBytes(outcome.resident_before));
  return absl::StrCat(text, " before, ", FormatBytes(outcome.resident_after), " after");
}

int RunRelease(int pid, std::optional<uint64_t> bytes, bool json) {
  const auto process = FindGoverned(pid);
  if (!process.ok()) return Fail(process.status());
  const std::string request = bytes.has_value() ? absl::StrCat("release ", *bytes) : "release all";
  const auto outcome = Release(*process, request);
  if (!outcome.ok()) {
    const ExitCode code = Fail(outcome.status());
    return code == kUsage ? kNo : code;  // the process refused: the arguments were checked
  }
  if (json) {
    Print(JsonOfOutcome(pid, bytes, *outcome), std::cout);
  } else {
    std::cout << Describe(pid, bytes, *outcome) << "\n";
  }
  return bytes.has_value() && outcome->released_bytes < *bytes ? kNo : kOk;
}

}  // namespace memgov::cli
