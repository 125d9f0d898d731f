// What operators read, word for word. The releases' counters are global and at zero unless a case makes some:
// a child for each.
#include "governor/telemetry/report.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "governor/pools/sampler.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "unit/child.h"
#include "unit/fake_engine.h"

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;

// A gateway with two pools that matter and one that does not.
Census GatewayCensus() {
  Census census;
  const PoolId io = pools::Intern("io");
  const PoolId parse = pools::Intern("a-pool-name-of-thirty-one-bytes");
  const PoolId silent = pools::Intern("silent");
  census.pool_count = silent + 1;
  census.pools[kMainPool] = {1, 1, 0, 0};
  census.pools[io] = {8, 3, 24 * kMega, 30 * kMega};
  census.pools[parse] = {148, 140, 6 * kMega + kMega / 2, 10 * kMega};
  census.threads = 157;
  census.parked = 144;
  census.resident_bytes = 64 * kMega;
  census.live_bytes = 30 * kMega + kMega / 2;
  census.held_bytes = 40 * kMega;
  census.allocated_bytes = uint64_t{3} << 30;
  return census;
}

std::string ReportOf(const Census& census) {
  TextBuffer<8192> out;
  WriteReport(census, "fake", out);
  return std::string(out.data(), out.size());
}

TEST(ReportTest, Golden) {
  const ChildEnd end = RunInChild([] {
    EXPECT_EQ(ReportOf(GatewayCensus()),
              "memgov: report for process " + std::to_string(getpid()) +
                  " (engine fake)\n"
                  "  resident 64.0 MB, held by malloc 40.0 MB, live about 30.5 MB, allocated since the start "
                  "3.0 GB\n"
                  "  pool                            threads  parked   live        held\n"
                  "  main                            1        1        0 B         0 B\n"
                  "  io                              8        3        24.0 MB     30.0 MB\n"
                  "  a-pool-name-of-thirty-one-bytes 148      140      6.5 MB      10.0 MB\n"
                  "  releases 0, gave back 0 B; longest stall 0 ns\n");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReportTest, SummaryGolden) {
  const ChildEnd end = RunInChild([] {
    TextBuffer<512> out;
    WriteSummary(GatewayCensus(), "fake", out);
    EXPECT_EQ(
        std::string(out.data(), out.size()),
        "memgov: fake: resident 64.0 MB, held 40.0 MB, live about 30.5 MB, 157 threads, 0 releases gave back "
        "0 B, longest stall 0 ns\n");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReportTest, ReleasesByReason) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    releaser::Release(engine, ReleaseReason::kIdle);
    releaser::Release(engine, ReleaseReason::kIdle);
    releaser::Release(engine, ReleaseReason::kMallocTrim);
    const std::string report = ReportOf(GatewayCensus());
    EXPECT_NE(report.find("  releases 3, gave back "), std::string::npos) << report;
    EXPECT_NE(report.find("; idle 2 ("), std::string::npos) << report;
    EXPECT_NE(report.find("; malloc_trim 1 ("), std::string::npos) << report;
    EXPECT_EQ(report.find("periodic"), std::string::npos) << report;
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

bool Warns(uint64_t live, uint64_t held) {
  Census census = GatewayCensus();
  census.live_bytes = live;
  census.held_bytes = held;
  return ReportOf(census).find("warning") != std::string::npos;
}

TEST(ReportTest, WarnsAtLowUtilisationOfMuchMemoryOnly) {
  EXPECT_FALSE(Warns(30 * kMega, 40 * kMega));
  EXPECT_FALSE(Warns(20 * kMega, 40 * kMega));
  EXPECT_TRUE(Warns(20 * kMega - 1, 40 * kMega));
  EXPECT_TRUE(Warns(0, 16 * kMega));
  EXPECT_FALSE(Warns(0, 16 * kMega - 1));
  EXPECT_FALSE(Warns(0, 0));
}

TEST(ReportTest, WordsOfTheWarning) {
  Census census = GatewayCensus();
  census.live_bytes = 10 * kMega;
  EXPECT_NE(ReportOf(census).find(
                "  warning: only 25 % of what malloc holds is in use: 30.0 MB are kept for nobody\n"),
            std::string::npos);
}

TEST(ReportTest, SaysWhenSamplesDidNotFit) {
  const ChildEnd end = RunInChild([] {
    EXPECT_EQ(ReportOf(GatewayCensus()).find("note:"), std::string::npos);
    ThreadRecord* record = threads::Acquire(nullptr, nullptr);
    for (uintptr_t page = 1; sampler::DroppedSamples() == 0; ++page) {
      sampler::Insert(*record, reinterpret_cast<void*>(page * sampler::kAlignment), 16);
    }
    EXPECT_NE(ReportOf(GatewayCensus()).find("  note: live is too low, 1 samples did not fit\n"),
              std::string::npos);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// The most that can be: 64 pools with the longest names and figures.
TEST(ReportTest, TheFullestReportFitsItsBuffer) {
  const ChildEnd end = RunInChild([] {
    Census census;
    while (pools::Count() < kMostPools) {
      pools::Intern(("pool-with-a-name-of-31-bytes-" + std::to_string(pools::Count() + 10)).c_str());
    }
    census.pool_count = kMostPools;
    for (PoolCensus& pool : census.pools) pool = {UINT32_MAX, UINT32_MAX, UINT64_MAX, UINT64_MAX};
    census.resident_bytes = census.held_bytes = census.allocated_bytes = UINT64_MAX;
    const std::string report = ReportOf(census);
    EXPECT_LT(report.size(), 8192U);
    EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 3 + kMostPools + 1 + 1);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(ReportTest, PrintingWritesToStandardErrorInOnePiece) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    PrintReport(engine);
    PrintSummary(engine);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text.rfind("memgov: report for process ", 0), 0U) << end.error_text;
  EXPECT_NE(end.error_text.find("\nmemgov: fake: resident "), std::string::npos) << end.error_text;
}

}  // namespace
}  // namespace memgov
