// The estimate against the truth: made-up allocations through Trigger and Insert, as malloc makes them.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "governor/pools/pool_table.h"
#include "governor/pools/sampler.h"
#include "governor/pools/thread_registry.h"
#include "random.h"

namespace memgov {
namespace {

constexpr double kMean = static_cast<double>(sampler::kMeanBytes);

// What the fast path of malloc does.
bool ChosenForSampling(ThreadRecord& record, size_t size) {
  const uint64_t left = record.sample_left.load();
  if (size >= left) return sampler::Trigger(record, size);
  record.sample_left.store(left - size);
  return false;
}

// Live bytes of one made-up program, as they are and as they are estimated.
struct Program {
  double truth = 0;
  double variance = 0;  // of the estimate: the sum of s^2 (1 - p) / p with p = 1 - exp(-s / mean)
  uint64_t next_block = 0;
  std::vector<const void*> samples;

  void Allocate(ThreadRecord& record, size_t size) {
    const double bytes = static_cast<double>(size);
    const double chance = -std::expm1(-bytes / kMean);
    truth += bytes;
    variance += bytes * bytes * (1 - chance) / chance;
    const void* block = reinterpret_cast<const void*>(++next_block * sampler::kAlignment);
    if (!ChosenForSampling(record, size)) return;
    sampler::Insert(record, block, size);
    samples.push_back(block);
  }
  void FreeAll() {
    for (const void* block : samples) sampler::Remove(block);
    samples.clear();
  }
};

class SamplerTruthTest : public testing::Test {
 protected:
  SamplerTruthTest() : record_(threads::Acquire(nullptr, nullptr)) { record_->random_state = 4711; }
  ~SamplerTruthTest() override { threads::Abandon(record_); }
  double Estimate() const { return static_cast<double>(pools::Get(kUnresolvedPool).live_bytes.load()); }

  // The mean of many runs, which a bias would shift beyond four standard errors.
  template <typename NextSize>
  void ExpectUnbiased(NextSize next_size, int blocks) {
    constexpr int kRuns = 40;
    double estimates = 0;
    Program program;
    for (int run = 0; run < kRuns; ++run) {
      for (int block = 0; block < blocks; ++block) program.Allocate(*record_, next_size());
      estimates += Estimate();
      program.FreeAll();
      ASSERT_EQ(Estimate(), 0);
    }
    EXPECT_EQ(sampler::DroppedSamples(), 0U);
    // Weights are kept in whole KiB: at most half a KiB off for each sample, a thousandth of the mean.
    EXPECT_NEAR(estimates, program.truth, 4 * std::sqrt(program.variance) + program.truth / 1000);
  }

  ThreadRecord* const record_;
};

TEST_F(SamplerTruthTest, SmallBlocks) {
  Random random(1);
  ExpectUnbiased([&] { return 16 + random.Below(1000); }, 100000);
}

TEST_F(SamplerTruthTest, MixedSizes) {
  Random random(2);
  ExpectUnbiased([&] { return 1 + random.Size(22); }, 5000);
}

TEST_F(SamplerTruthTest, BlocksAroundTheMean) {
  Random random(3);
  ExpectUnbiased([&] { return sampler::kMeanBytes / 4 + random.Below(sampler::kMeanBytes * 2); }, 1000);
}

TEST_F(SamplerTruthTest, BigBlocksAreNearlyExact) {
  Program program;
  for (int block = 0; block < 100; ++block) program.Allocate(*record_, sampler::kMeanBytes * 40);
  EXPECT_EQ(Estimate(), program.truth);
  program.FreeAll();
}

TEST_F(SamplerTruthTest, EveryAllocatedByteIsCounted) {
  Random random(5);
  Program program;
  for (int block = 0; block < 20000; ++block) {
    program.Allocate(*record_, random.Size(20));
    if (record_->sample_interval != 0) {
      ASSERT_EQ(static_cast<double>(record_->AllocatedBytes()), program.truth);
    }
  }
  program.FreeAll();
}

}  // namespace
}  // namespace memgov
