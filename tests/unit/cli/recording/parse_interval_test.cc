#include <gtest/gtest.h>

#include "governor/cli/recording/record.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kLeast = absl::Milliseconds(50);

TEST(ParseInterval, Times) {
  EXPECT_EQ(*ParseInterval("500ms", "--interval", kLeast, false), absl::Milliseconds(500));
  EXPECT_EQ(*ParseInterval("2m", "--interval", kLeast, false), absl::Minutes(2));
  EXPECT_EQ(*ParseInterval("1.5", "--interval", kLeast, false), absl::Seconds(1.5));
  EXPECT_EQ(*ParseInterval("50ms", "--interval", kLeast, false), kLeast);
  EXPECT_EQ(*ParseInterval("inf", "--duration", kLeast, true), absl::InfiniteDuration());
}

TEST(ParseInterval, OthersAreNamed) {
  for (const char* text : {"49ms", "0", "-1s", "inf", "infinity", "nan", "1e999", "", "soon", "5 s", "10d"}) {
    const absl::Status status = ParseInterval(text, "--interval", kLeast, false).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(status.message(), std::string("--interval ") + text +
                                    ": allowed is a time of at least 50ms, as 500ms, 1s, 2m, 24h");
  }
}

}  // namespace
}  // namespace memgov::cli
