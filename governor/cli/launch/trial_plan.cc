#include "governor/cli/launch/trial_plan.h"

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/config/parse.h"

namespace memgov::cli {
namespace {

constexpr int64_t kSecond = 1000000000;
constexpr int64_t kLongest = 24 * 3600 * kSecond;

absl::Status ReadTime(const char* option, const std::string& text, bool zero_allowed, absl::Duration* time) {
  int64_t nanoseconds = 0;
  const bool parsed = text != "off" && ParseDuration(text.c_str(), kSecond, &nanoseconds);
  if (!parsed || nanoseconds > kLongest || (nanoseconds == 0 && !zero_allowed)) {
    return absl::InvalidArgumentError(absl::StrCat(option, " ", Printable(text), ": allowed is a time ",
                                                   zero_allowed ? "from 0" : "above 0",
                                                   " to 24h, such as 10, 500ms, 2m"));
  }
  *time = absl::Nanoseconds(nanoseconds);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrialPlan> ReadPlan(const TrialTexts& texts) {
  TrialPlan plan;
  absl::Status status;
  if (texts.seconds.has_value()) status = ReadTime("--seconds", *texts.seconds, false, &plan.length);
  if (status.ok()) status = ReadTime("--ready", texts.ready, true, &plan.ready);
  if (status.ok()) status = ReadTime("--settle", texts.settle, true, &plan.settle);
  if (!status.ok()) return status;
  plan.load = texts.load;
  if (plan.load.has_value() && plan.load->empty()) {
    return absl::InvalidArgumentError("--load \"\": allowed is a command for the shell");
  }
  return plan;
}

}  // namespace memgov::cli
