#include "governor/cli/frame/times.h"

#include <chrono>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/views.h"

namespace memgov::cli {
namespace {

bool Parse(const std::string& text, absl::Duration* duration) {
  double seconds = 0;
  const bool is_number =
      text.find_first_not_of("0123456789.") == text.npos && absl::SimpleAtod(text, &seconds);
  if (!is_number) return absl::ParseDuration(text, duration);
  *duration = absl::Seconds(seconds);
  return true;
}

}  // namespace

absl::StatusOr<absl::Duration> ParseTime(std::string_view text, std::string_view what, absl::Duration least,
                                         absl::Duration most) {
  absl::Duration duration;
  if (Parse(std::string(text), &duration) && duration >= least && duration <= most) return duration;
  const bool endless = most == absl::InfiniteDuration();
  return absl::InvalidArgumentError(absl::StrCat(
      View(what), " ", Printable(text), ": allowed is a time ", endless ? "of at least " : "from ",
      absl::FormatDuration(least), endless ? ", or inf" : absl::StrCat(" to ", absl::FormatDuration(most)),
      ", as 500ms, 1s, 2m, 24h; a bare number is seconds"));
}

absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace memgov::cli
