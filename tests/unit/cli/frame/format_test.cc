#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(FormatBytes, IsTruncatedSoThatALimitIsNotReachedBeforeItIs) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(1023), "1023 B");
  EXPECT_EQ(FormatBytes(1024), "1.0 KB");
  EXPECT_EQ(FormatBytes((1u << 20) - 1), "1023.9 KB");
  EXPECT_EQ(FormatBytes(uint64_t{300} << 20), "300.0 MB");
  EXPECT_EQ(FormatBytes(uint64_t{3} << 40), "3072.0 GB");
  EXPECT_EQ(FormatBytes(UINT64_MAX), "unlimited");
  EXPECT_EQ(FormatBytes(UINT64_MAX - 1), "17179869183.9 GB");
}

TEST(FormatDuration, HasAUnitForEachSize) {
  EXPECT_EQ(cli::FormatDuration(absl::ZeroDuration()), "0 ns");
  EXPECT_EQ(cli::FormatDuration(absl::Nanoseconds(850)), "850 ns");
  EXPECT_EQ(cli::FormatDuration(absl::Nanoseconds(12345)), "12.3 us");
  EXPECT_EQ(cli::FormatDuration(absl::Microseconds(4500)), "4.5 ms");
  EXPECT_EQ(cli::FormatDuration(absl::Milliseconds(1299)), "1.2 s");
  EXPECT_EQ(cli::FormatDuration(absl::Seconds(119)), "119.0 s");
  EXPECT_EQ(cli::FormatDuration(absl::Minutes(3)), "3 min");
  EXPECT_EQ(cli::FormatDuration(absl::Hours(5)), "5 h");
  EXPECT_EQ(cli::FormatDuration(absl::Hours(50)), "2 d");
  EXPECT_EQ(cli::FormatDuration(-absl::Seconds(3)), "-3.0 s");
  EXPECT_EQ(cli::FormatDuration(absl::InfiniteDuration()), "for ever");
}

TEST(ParseBytes, TakesWhatBudgetsAreWrittenIn) {
  EXPECT_EQ(*ParseBytes("4096", "x"), 4096u);
  EXPECT_EQ(*ParseBytes("0", "x"), 0u);
  EXPECT_EQ(*ParseBytes("300M", "x"), uint64_t{300} << 20);
  EXPECT_EQ(*ParseBytes("300mib", "x"), uint64_t{300} << 20);
  EXPECT_EQ(*ParseBytes("1.5G", "x"), uint64_t{1536} << 20);
  EXPECT_EQ(*ParseBytes("2T", "x"), uint64_t{2} << 40);
  EXPECT_EQ(*ParseBytes("7b", "x"), 7u);
  EXPECT_EQ(*ParseBytes("9007199254740993", "x"), 9007199254740993u) << "beyond what a double holds exactly";
}

TEST(ParseBytes, NamesArgumentValueAndWhatIsAllowed) {
  for (const char* text : {"", "M", "-1", "+1", "1.", ".5", "1..5", "1 M", "1Q", "1MM", "1Mi", "0x10", "nan",
                           "inf", "1e9", "8388608T", "99999999999999999999999999"}) {
    const auto parsed = ParseBytes(text, "--max-rss");
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(parsed.status().message()),
                AllOf(HasSubstr("--max-rss"), HasSubstr(text), HasSubstr("300M")));
  }
}

TEST(ParseBytes, DoesNotRepeatControlCharacters) {
  const auto parsed = ParseBytes("\x1b[2J", "--max-rss");
  EXPECT_THAT(std::string(parsed.status().message()), HasSubstr("\\x1b[2J"));
}

}  // namespace
}  // namespace memgov::cli
