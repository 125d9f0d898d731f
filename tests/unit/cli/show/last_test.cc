#include "governor/cli/show/last.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/show/readings.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr uint64_t kMegabyte = uint64_t{1} << 20;

Governed Dead() {
  Governed dead;
  dead.pid = 42;
  dead.reading = ExampleReading();
  dead.reading.start_ticks = 77;
  return dead;
}

Evidence TwoLines(absl::Time last) {
  Evidence evidence;
  evidence.start_ticks = 77;
  EvidenceLine line;
  line.rung = "hard";
  line.charged_bytes = 251 * kMegabyte;
  line.limit_bytes = 256 * kMegabyte;
  line.refused = 9;
  line.time = last - absl::Seconds(2);
  line.number = 1;
  evidence.lines.push_back(line);
  line.time = last;
  line.number = 2;
  line.grew_pool = "io";
  line.grew_bytes = 80 * static_cast<int64_t>(kMegabyte);
  evidence.lines.push_back(line);
  return evidence;
}

const absl::Time kOfSegment = absl::FromUnixSeconds(1700000000);

TEST(Last, SaysAtWhatItDiedAndWhatGrew) {
  const LastWords words = LastWordsOf(Dead(), TwoLines(kOfSegment + absl::Seconds(1)), "root");
  EXPECT_EQ(Sentence(words), "died at 251.0 MB of 256.0 MB, on hard, pool io +80.0 MB in 2 s");
  EXPECT_EQ(words.refused, 9u);
}

TEST(Last, WithoutEvidenceNobodySaysThatItWasKilled) {
  const LastWords words = LastWordsOf(Dead(), std::nullopt, "root");
  EXPECT_THAT(Sentence(words), testing::StartsWith("ended without a word (killed, or by _exit) at 150.0 MB"));
}

TEST(Last, IsOfTheSegmentWhereThatIsNewer) {
  const LastWords words = LastWordsOf(Dead(), TwoLines(kOfSegment - absl::Seconds(5)), "root");
  EXPECT_THAT(Sentence(words), HasSubstr("died at 150.0 MB of 300.0 MB (not near it), on soft"));
  EXPECT_EQ(words.lines.size(), 2u);
}

TEST(Last, TakesNoEvidenceOfAnotherProcess) {
  Evidence evidence = TwoLines(kOfSegment + absl::Seconds(1));
  evidence.start_ticks = 78;
  const LastWords words = LastWordsOf(Dead(), evidence, "root");
  EXPECT_TRUE(words.lines.empty());
  EXPECT_THAT(Sentence(words), Not(HasSubstr("io")));
}

TEST(Last, OfWhoNeverTookAReading) {
  Governed dead = Dead();
  dead.reading.wall_clock_ns = 0;
  const LastWords words = LastWordsOf(dead, std::nullopt, "root");
  EXPECT_EQ(Sentence(words), "died before it took a first reading");
  EXPECT_TRUE(LastJson(words, kOfSegment)["time"].is_null());
}

TEST(Last, IsNeverOfTheFuture) {
  const LastWords words = LastWordsOf(Dead(), std::nullopt, "root");
  std::ostringstream out;
  PrintLast(words, kOfSegment - absl::Hours(1), false, 80, out);
  EXPECT_THAT(out.str(), HasSubstr("last seen 0.0 s ago"));
  EXPECT_EQ(LastJson(words, kOfSegment - absl::Hours(1))["age_seconds"], 0.0);
}

TEST(Last, PrintsTheLinesOfOneProcessWithinTheTerminal) {
  Evidence evidence = TwoLines(kOfSegment);
  evidence.lines[1].grew_pool = "\x1b[2J-a-pool-with-a-long-name";
  const LastWords words = LastWordsOf(Dead(), evidence, "root");
  for (const int width : {40, 80}) {
    std::ostringstream out;
    PrintLast(words, kOfSegment, true, width, out);
    EXPECT_THAT(out.str(), HasSubstr("CHARGED"));
    EXPECT_THAT(out.str(), Not(HasSubstr("\x1b")));
  }
  std::ostringstream out;
  PrintLast(words, kOfSegment, false, 80, out);
  EXPECT_THAT(out.str(), Not(HasSubstr("CHARGED")));
}

TEST(Last, JsonHasTheLines) {
  const Json json =
      LastJson(LastWordsOf(Dead(), TwoLines(kOfSegment), "root"), kOfSegment + absl::Seconds(3));
  EXPECT_EQ(json["pid"], 42);
  EXPECT_EQ(json["charged_bytes"], 251 * kMegabyte);
  EXPECT_EQ(json["grew_pool"], "io");
  EXPECT_EQ(json["age_seconds"], 3.0);
  EXPECT_EQ(json["lines"].size(), 2u);
  EXPECT_EQ(json["lines"][1]["time"], "2023-11-14T22:13:20+00:00");
}

}  // namespace
}  // namespace memgov::cli
