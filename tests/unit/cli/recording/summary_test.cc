#include "governor/cli/recording/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "recordings.h"

namespace memgov::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> Words(const Recording& recording) {
  return InWords(recording, Summarise(recording));
}

TEST(Summary, WithoutABudget) {
  Recording recording = Rising(11);
  for (Sample& sample : recording.samples) {
    sample.figures["rung"] = 0;
    for (const char* limit : {"soft_budget_bytes", "hard_budget_bytes", "container_limit_bytes"})
      sample.figures[limit] = UINT64_MAX;
  }
  EXPECT_THAT(Words(recording), Contains("It had no budget."));
}

TEST(Summary, InWords) {
  EXPECT_THAT(Words(Rising(11)),
              ElementsAre("RSS was highest after 10.0 s: 110.0 MB, 28 % of the hard budget of 400.0 MB.",
                          "At the end it was 110.0 MB; the heap held 80.0 MB, 60.0 MB of it in use.",
                          "Of 10.0 s it was on the soft rung for 2.0 s, and never on the hard one.",
                          "Nothing was refused.", "Given back to the kernel: 5.0 MB (window 5.0 MB).",
                          "No thread was kept waiting by a release."));
}

TEST(Summary, TheContainersLimitComesFirst) {
  Recording recording = Rising(2);
  recording.samples[1].figures["container_limit_bytes"] = 202 * kMega;
  EXPECT_THAT(Words(recording), Contains(HasSubstr("50 % of the container's limit of 202.0 MB")));
}

TEST(Summary, APeakBetweenSamples) {
  Recording recording = Rising(2);
  recording.samples[0].figures["peak_resident_bytes"] = 100 * kMega;
  recording.samples[1].figures["peak_resident_bytes"] = 150 * kMega;
  EXPECT_THAT(Words(recording), Contains(HasSubstr("between two samples it reached 150.0 MB")));
  recording.samples[0].figures["peak_resident_bytes"] = 150 * kMega;
  EXPECT_THAT(Words(recording), Not(Contains(HasSubstr("between two samples"))));
}

TEST(Summary, RefusalsAndStalls) {
  Recording recording = Rising(2);
  recording.samples[0].figures["refused_allocations_total"] = 3;
  recording.samples[1].figures["refused_allocations_total"] = 5;
  recording.samples[1].figures["refused_bytes_total"] = kMega;
  recording.samples[1].figures["stall_longest_seconds"] = 85'000;
  const std::vector<std::string> words = Words(recording);
  EXPECT_THAT(words, Contains("2 allocations (1.0 MB) failed at the budget."));
  EXPECT_THAT(words, Contains(HasSubstr("for longer than 85.0 us")));
}

TEST(Summary, SaysWhereItEnds) {
  Recording recording = Rising(2);
  recording.ended = "process";
  EXPECT_THAT(Words(recording), Contains("The recording ends because the process did."));
  recording.ended = "";
  EXPECT_THAT(Words(recording), Contains(HasSubstr("has no end")));
  recording.cut_short = true;
  EXPECT_THAT(Words(recording), Contains(HasSubstr("its last line is not whole")));
}

TEST(Summary, OldFiguresAreNotSaid) {
  Recording recording = Rising(3);
  recording.samples[2].figures["figures_age_ns"] = 30'000'000'000;
  const std::vector<std::string> words = Words(recording);
  EXPECT_THAT(words, Contains("At the end it was 102.0 MB."));
  EXPECT_THAT(words, Contains(HasSubstr("up to 30.0 s old")));
}

TEST(Summary, HugeFiguresDoNotOverflow) {
  Recording recording = Rising(3);
  for (int index = 0; index < 3; ++index) {
    Sample& sample = recording.samples[static_cast<size_t>(index)];
    sample.resident_bytes = UINT64_MAX;
    sample.figures["rung"] = UINT64_MAX - 1;
    sample.figures["stall_longest_seconds"] = UINT64_MAX;
    sample.figures["refused_bytes_total"] = index % 2 == 0 ? 0 : UINT64_MAX - 1;
    sample.figures["refused_allocations_total"] = index % 2 == 0 ? 0 : UINT64_MAX - 1;
  }
  EXPECT_EQ(Words(recording).size(), 6u);
}

TEST(Summary, Pools) {
  Recording recording = Rising(3);
  recording.samples[1].pools[1].figures["live_bytes"] = 50 * kMega;
  const Summary summary = Summarise(recording);
  ASSERT_EQ(summary.pools.size(), 2u);
  EXPECT_EQ(summary.pools[0].name, "parse-pool");
  EXPECT_EQ(summary.pools[0].peak_live_bytes, 50 * kMega);
  EXPECT_EQ(summary.pools[0].last_live_bytes, 20 * kMega);
  EXPECT_EQ(summary.pools[0].most_threads, 4u);
}

TEST(Summary, SecondsInJsonAreSeconds) {
  Recording recording = Rising(4);
  recording.samples[1].figures["rung"] = 1;
  recording.samples[2].figures["rung"] = 2;
  recording.samples[3].figures["stall_longest_seconds"] = 85'000;  // recordings have nanoseconds
  const nlohmann::ordered_json json = ToJson(recording, Summarise(recording));
  EXPECT_DOUBLE_EQ(json["longest_stall_seconds"].get<double>(), 85e-6);
  EXPECT_DOUBLE_EQ(json["soft_seconds"].get<double>(), 1);
  EXPECT_DOUBLE_EQ(json["hard_seconds"].get<double>(), 1);
}

TEST(Summary, AsJson) {
  const Recording recording = Rising(11);
  const nlohmann::ordered_json json = ToJson(recording, Summarise(recording));
  EXPECT_EQ(json["peak_resident_bytes"], 110 * kMega);
  EXPECT_EQ(json["limit_bytes"], 400 * kMega);
  EXPECT_EQ(json["releases"][0]["reason"], "window");
  EXPECT_EQ(json["releases"][0]["passes"], 5);
  EXPECT_EQ(json["pools"].size(), 2u);
  EXPECT_TRUE(json["pools"][0]["soft_budget_bytes"].is_null());
}

}  // namespace
}  // namespace memgov::cli
