#include "governor/cli/frame/times.h"

#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

constexpr absl::Duration kLeast = absl::Milliseconds(50);
constexpr absl::Duration kMost = absl::Hours(1);

TEST(ParseTime, HasAUnitOrIsSeconds) {
  EXPECT_EQ(*ParseTime("500ms", "--interval", kLeast, kMost), absl::Milliseconds(500));
  EXPECT_EQ(*ParseTime("2m", "--interval", kLeast, kMost), absl::Minutes(2));
  EXPECT_EQ(*ParseTime("1.5", "--interval", kLeast, kMost), absl::Seconds(1.5));
  EXPECT_EQ(*ParseTime("50ms", "--interval", kLeast, kMost), kLeast);
  EXPECT_EQ(*ParseTime("1h", "--interval", kLeast, kMost), kMost);
  EXPECT_EQ(*ParseTime("inf", "--duration", kLeast, absl::InfiniteDuration()), absl::InfiniteDuration());
}

TEST(ParseTime, OthersAreNamed) {
  for (const char* text : {"49ms", "0", "-1s", "-1", "inf", "infinity", "nan", "1e999", "", "soon", "5 s",
                           "10d", "2h", "1..5"}) {
    const absl::Status status = ParseTime(text, "--interval", kLeast, kMost).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(status.message(),
              std::string("--interval ") + text +
                  ": allowed is a time from 50ms to 1h, as 500ms, 1s, 2m, 24h; a bare number is seconds");
  }
}

TEST(ParseTime, WithoutAnEnd) {
  const absl::Status status = ParseTime("0", "--duration", kLeast, absl::InfiniteDuration()).status();
  EXPECT_EQ(status.message(),
            "--duration 0: allowed is a time of at least 50ms, or inf, as 500ms, 1s, 2m, 24h; a bare number "
            "is seconds");
}

}  // namespace
}  // namespace memgov::cli
