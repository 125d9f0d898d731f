#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "governor/cli/advice/sizing.h"
#include "tests/unit/cli/advice/recordings.h"

namespace memgov::cli {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> DoubtsOf(const Recording& recording) {
  const Measurement seen = *Measure(recording, "a.jsonl");
  return Doubts(seen, Size(seen, {}));
}

TEST(Doubts, NoneAboutTenMinutesOfLoad) { EXPECT_THAT(DoubtsOf(Steady(601, 1)), IsEmpty()); }

TEST(Doubts, LessThanAMinute) {
  EXPECT_THAT(DoubtsOf(Steady(31, 1)), Contains(HasSubstr("Recorded for 30.0 s, less than a minute")));
}

TEST(Doubts, NoLoad) {
  Recording recording = Steady(601, 1);
  for (Sample& sample : recording.samples) sample.figures["allocated_bytes_total"] = 5 * kMega;
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("No load to speak of: 0 B allocated")));
}

TEST(Doubts, WithinItsLimitAllIsWell) {
  Recording recording = Steady(601, 1);
  recording.samples.back().figures["refused_allocations_total"] = 12;
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("12 allocations were refused")));
  recording = Steady(601, 1);
  recording.samples[300].figures["rung"] = 2;
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("The hard rung was reached")));
  recording = Steady(601, 1);
  recording.samples.front().figures["cgroup_oom_kills_total"] = 1;
  recording.samples.back().figures["cgroup_oom_kills_total"] = 3;
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("2 processes of the container were killed")));
}

TEST(Doubts, APeakAtTheEnd) {
  Recording recording = Steady(601, 1);
  recording.samples.back().resident_bytes = 120 * kMega;
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("The peak came at the end")));
}

TEST(Doubts, LiveMemoryThatRises) {
  Recording recording = Steady(601, 1);
  for (size_t index = 400; index < recording.samples.size(); ++index) {
    recording.samples[index].figures["live_bytes"] = 90 * kMega;
  }
  EXPECT_THAT(DoubtsOf(recording),
              Contains(HasSubstr("Live memory rose from 60.0 MB (first third) to 90.0 MB")));
}

TEST(Doubts, AHigherPeakBeforeTheRecording) {
  Recording recording = Steady(601, 1);
  for (Sample& sample : recording.samples) sample.figures["peak_resident_bytes"] = 300 * kMega;
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("Before the recording it had reached 300.0 MB")));
}

TEST(Doubts, ARecordingThatEndedEarly) {
  Recording recording = Steady(601, 1);
  recording.cut_short = true;
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("its end is missing")));
  recording.ended = "process";
  EXPECT_THAT(DoubtsOf(recording), Contains(HasSubstr("The process ended")));
}

TEST(Doubts, OneLookAndNoGovernor) {
  Measurement seen = *Measure(Steady(601, 1), "pid 4711");
  seen.one_look = true;
  seen.engine.clear();
  const auto doubts = Doubts(seen, Size(seen, {}));
  EXPECT_THAT(doubts, Contains(HasSubstr("One look only")));
  EXPECT_THAT(doubts, Contains(HasSubstr("Not governed")));
}

TEST(Doubts, TooLittleHeadroom) {
  const Measurement seen = *Measure(Steady(601, 1), "a.jsonl");
  EXPECT_THAT(Doubts(seen, Size(seen, {.headroom_percent = 2})),
              Contains(HasSubstr("above the soft budget")));
}

}  // namespace
}  // namespace memgov::cli
