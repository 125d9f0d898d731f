#include "governor/cli/advice/measurement.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/cli/advice/recordings.h"

namespace memgov::cli {
namespace {

TEST(Measurement, TakesPeaksAndAveragesOfAllSamples) {
  Recording recording = Steady(3, 10);
  recording.samples[1].resident_bytes = 400 * kMega;
  recording.samples[1].figures["anonymous_bytes"] = 370 * kMega;
  const auto seen = Measure(recording, "a.jsonl");
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->peak_resident, 400 * kMega);
  EXPECT_EQ(seen->average_resident, (100 + 400 + 100) * kMega / 3);
  EXPECT_EQ(seen->peak_anonymous, 370 * kMega);
  EXPECT_EQ(seen->least_anonymous, 80 * kMega);
  EXPECT_EQ(seen->shareable, 30 * kMega);
  EXPECT_EQ(seen->seconds, 20);
  EXPECT_EQ(seen->peak_at, 0.5);
  EXPECT_FALSE(seen->peak_charged.has_value());
  EXPECT_EQ(seen->Peak(), 400 * kMega);
}

TEST(Measurement, CountsWhatTheContainerIsChargedForWhereItIsLimited) {
  Recording recording = Steady(3, 10);
  for (Sample& sample : recording.samples) {
    sample.figures["container_limit_bytes"] = 512 * kMega;
    sample.figures["charged_bytes"] = 300 * kMega;
    sample.figures["cohort_members"] = 3;
  }
  const auto seen = Measure(recording, "a.jsonl");
  ASSERT_TRUE(seen.ok());
  EXPECT_TRUE(seen->PeakIsCharged());
  EXPECT_EQ(seen->Peak(), 300 * kMega);
  EXPECT_EQ(seen->container_limit, 512 * kMega);
  EXPECT_EQ(seen->members, 3u);
}

TEST(Measurement, TrustsTheKernelsPeakWhereItRoseMeanwhile) {
  Recording recording = Steady(3, 10);
  recording.samples[0].figures["peak_resident_bytes"] = 100 * kMega;
  recording.samples[1].figures["peak_resident_bytes"] = 180 * kMega;
  recording.samples[2].figures["peak_resident_bytes"] = 179 * kMega;
  const auto seen = Measure(recording, "a.jsonl");
  ASSERT_TRUE(seen.ok());
  EXPECT_TRUE(seen->peak_by_kernel);
  EXPECT_EQ(seen->peak_resident, 180 * kMega);
  EXPECT_EQ(seen->peak_anonymous, 160 * kMega);
}

TEST(Measurement, DoesNotTrustTheKernelsPeakOfEarlier) {
  Recording recording = Steady(3, 10);
  for (Sample& sample : recording.samples) sample.figures["peak_resident_bytes"] = 900 * kMega;
  const auto seen = Measure(recording, "a.jsonl");
  ASSERT_TRUE(seen.ok());
  EXPECT_FALSE(seen->peak_by_kernel);
  EXPECT_EQ(seen->peak_resident, 100 * kMega);
  EXPECT_EQ(seen->peak_before, 900 * kMega);
}

TEST(Measurement, CountersAreOfTheRecordingAlone) {
  Recording recording = Steady(3, 10);
  recording.samples[0].figures["allocated_bytes_total"] = 1000;
  recording.samples[2].figures["allocated_bytes_total"] = 5000;
  recording.samples[0].figures["refused_allocations_total"] = 7;
  recording.samples[2].figures["refused_allocations_total"] = 9;
  recording.samples[0].figures["cgroup_oom_kills_total"] = 3;
  const auto seen = Measure(recording, "a.jsonl");
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->allocated, 4000u);
  EXPECT_EQ(seen->refused, 2u);
  EXPECT_EQ(seen->oom_kills, 0u);  // it fell: a counter that began again
}

TEST(Measurement, AbsurdNumbersStayInBounds) {
  Recording recording = Steady(2, 10);
  recording.samples[1].resident_bytes = UINT64_MAX;
  recording.samples[1].figures["anonymous_bytes"] = UINT64_MAX;
  recording.samples[1].figures["cohort_members"] = UINT64_MAX;
  recording.samples[1].time_s = std::numeric_limits<double>::infinity();
  const auto seen = Measure(recording, "a.jsonl");
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->peak_resident, 1ULL << 50);
  EXPECT_EQ(seen->members, 1024u);
  EXPECT_EQ(seen->seconds, 0);
}

TEST(Measurement, ARecordingWithoutSamplesIsNamed) {
  const auto seen = Measure(Recording(), "empty.jsonl");
  ASSERT_FALSE(seen.ok());
  EXPECT_EQ(seen.status().message(), "empty.jsonl: a recording without samples");
}

TEST(Measurement, AProcessThatIsGoneIsNotFound) {
  const auto seen = MeasureOnce(4194304 + 7);  // beyond the kernel's highest pid_max
  EXPECT_EQ(seen.status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace memgov::cli
