// What is said of work that takes long, on a terminal and elsewhere.
#include <absl/strings/match.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>

#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kEndOfLine[] = "\x1b[K";  // clears what is behind

// Standard error of a scope, in a pipe or on a terminal of its own.
class ErrorText {
 public:
  explicit ErrorText(bool terminal) : kept_(dup(STDERR_FILENO)) {
    int ends[2] = {-1, -1};
    if (terminal) {
      ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
      EXPECT_EQ(grantpt(ends[0]) | unlockpt(ends[0]), 0);
      ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
    } else {
      EXPECT_EQ(pipe(ends), 0);
    }
    reading_ = ends[0];
    EXPECT_EQ(fcntl(reading_, F_SETFL, O_NONBLOCK), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
  }
  ~ErrorText() {
    dup2(kept_, STDERR_FILENO);
    close(kept_);
    close(reading_);
  }
  ErrorText(const ErrorText&) = delete;
  ErrorText& operator=(const ErrorText&) = delete;

  std::string Take() const {
    char bytes[4096];
    const ssize_t size = read(reading_, bytes, sizeof bytes);
    return size > 0 ? std::string(bytes, static_cast<size_t>(size)) : std::string();
  }

  // A terminal passes on what was written in pieces, and when it likes.
  std::string TakeUntil(const std::string& ending) const {
    std::string text;
    for (const absl::Time begin = absl::Now(); absl::Now() - begin < absl::Seconds(30);) {
      text += Take();
      if (absl::EndsWith(text, ending)) break;
      absl::SleepFor(absl::Milliseconds(1));
    }
    return text;
  }

 private:
  int kept_;
  int reading_ = -1;
};

TEST(Progress, OnATerminalIsOneLineThatIsTakenAway) {
  setenv("TERM", "xterm", 1);
  const ErrorText text(true);
  {
    Progress progress("copying");
    absl::SleepFor(absl::Milliseconds(1100));
    progress.Update(0.5, "half of it");
    EXPECT_THAT(text.TakeUntil(kEndOfLine),
                testing::AllOf(HasSubstr("\rcopying  50 %: half of it (1 s)"), Not(HasSubstr("\n"))));
  }
  EXPECT_EQ(text.TakeUntil(kEndOfLine), "\r\x1b[K");
}

TEST(Progress, SaysNothingOfWhatIsQuicklyDone) {
  setenv("TERM", "xterm", 1);
  const ErrorText text(true);
  const absl::Time begin = absl::Now();
  { Progress("copying").Update(0.5, ""); }
  // A machine that took a second for this had reason to say so.
  if (absl::Now() - begin < absl::Seconds(1)) {
    dprintf(STDERR_FILENO, "nothing more");
    EXPECT_EQ(text.TakeUntil("nothing more"), "nothing more");
  }
}

TEST(Progress, ElsewhereIsSilentAtFirst) {
  const ErrorText text(false);
  const absl::Time begin = absl::Now();
  {
    Progress progress("copying");
    absl::SleepFor(absl::Milliseconds(1100));
    progress.Update(0.5, "");
  }
  if (absl::Now() - begin < absl::Seconds(10)) {
    EXPECT_THAT(text.Take(), IsEmpty());
  }
}

}  // namespace
}  // namespace memgov::cli
