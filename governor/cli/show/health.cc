#include "governor/cli/show/health.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/show/fresh.h"
#include "governor/cli/show/json_figures.h"
#include "governor/cli/show/process_row.h"

namespace memgov::cli {
namespace {

double HeldRatio(const Reading& reading) {
  const auto live = static_cast<double>(reading.Value("live_bytes"));
  return static_cast<double>(reading.Value("held_bytes")) / std::max(live, 1.0);
}

std::string RatioText(const Reading& reading) {
  return absl::StrCat("held ", FormatBytes(reading.Value("held_bytes")), " for live ",
                      FormatBytes(reading.Value("live_bytes")));
}

// A process without a socket (docs/control.md says which), or that this user may only read, is judged by its
// last figures; one that may be asked and does not answer is not well.
absl::Status AnswersIfItCan(const Fresh& fresh) {
  if (fresh.answered) return absl::OkStatus();
  const absl::Status can = CanAnswer(fresh.process);
  if (!can.ok()) return can;
  const bool is_expected = !fresh.may_ask || access(fresh.process.SocketPath().c_str(), F_OK) != 0;
  if (is_expected && fresh.age != absl::InfiniteDuration()) return absl::OkStatus();
  return absl::UnavailableError(fresh.why_not);
}

}  // namespace

std::vector<std::string> ProblemsOf(const Reading& reading, uint64_t resident_bytes,
                                    const HealthLimits& limits) {
  std::vector<std::string> problems;
  if (resident_bytes > limits.max_resident_bytes) {
    problems.push_back(absl::StrCat("RSS ", FormatBytes(resident_bytes), " is above ",
                                    FormatBytes(limits.max_resident_bytes)));
  }
  const uint64_t rung = reading.Value("rung");
  if (rung > limits.max_rung) {
    problems.push_back(absl::StrCat("it is on rung ", RungName(rung), ", above ", RungName(limits.max_rung)));
  }
  const bool has_ratio = limits.max_held_ratio > 0 && reading.Value("held_bytes") >= kLeastHeldForRatio;
  if (has_ratio && HeldRatio(reading) > limits.max_held_ratio) {
    problems.push_back(absl::StrFormat("%s is above %g times", RatioText(reading), limits.max_held_ratio));
  }
  return problems;
}

int RunHealth(int pid, const HealthLimits& limits, bool json) {
  const absl::StatusOr<Fresh> fresh = FindFresh(pid);
  if (!fresh.ok()) return Fail(fresh.status());
  if (const absl::Status answers = AnswersIfItCan(*fresh); !answers.ok()) return Fail(answers);
  UserNames users;
  const Reading& reading = fresh->process.reading;
  const ProcessRow row = RowOf(fresh->process, Proc(), users, Clocks::Now(), false);
  const std::vector<std::string> problems = ProblemsOf(reading, row.resident_bytes, limits);
  if (json) {
    Print(Json{{"pid", pid},
               {"healthy", problems.empty()},
               {"problems", problems},
               {"resident_bytes", row.resident_bytes},
               {"rung", RungName(row.rung)},
               {"held_bytes", row.held_bytes},
               {"live_bytes", row.live_bytes}},
          std::cout);
  } else if (problems.empty()) {
    std::cout << "healthy: process " << pid << ", RSS " << FormatBytes(row.resident_bytes) << ", "
              << RatioText(reading) << ", on " << RungName(row.rung) << "\n";
  } else {
    std::cout << "not healthy: process " << pid << ": " << absl::StrJoin(problems, "; ") << "\n";
  }
  return problems.empty() ? kOk : kNo;
}

}  // namespace memgov::cli
