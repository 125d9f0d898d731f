#include "governor/cli/launch/sampler.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/time/time.h"
#include "unit/cli/launch/scratch.h"

namespace memgov::cli {
namespace {

// A /proc of processes below process 10, in pages and kilobytes.
class SamplerTest : public ::testing::Test {
 protected:
  void Process(int pid, uint64_t pages, uint64_t peak_kilobytes, uint64_t pss_kilobytes) {
    Stat(pid, "0", "1");
    const std::string folder = std::to_string(pid) + "/";
    scratch_.Write(folder + "statm", "1000 " + std::to_string(pages) + " 10 1 0 1 0\n");
    scratch_.Write(folder + "status", "Name:\tp\nUid:\t0\t0\t0\t0\nVmHWM:\t" +
                                          std::to_string(peak_kilobytes) +
                                          " kB\nRssAnon:\t1 kB\nRssFile:\t1 kB\nRssShmem:\t0 kB\n");
    scratch_.Write(folder + "smaps_rollup",
                   "0-1 ---p 0 0:0 0 [rollup]\nRss: " + std::to_string(pages * page_ / 1024) +
                       " kB\nPss: " + std::to_string(pss_kilobytes) +
                       " kB\nAnonymous: 1 kB\nLazyFree: 0 kB\nAnonHugePages: 0 kB\nSwap: 0 kB\n");
  }

  void Stat(int pid, const std::string& flags, const std::string& start_of_code) {
    scratch_.Write(std::to_string(pid) + "/stat", std::to_string(pid) + " (p) S 10 1 1 0 -1 " + flags +
                                                      " 5 0 6 0 1 1 0 0 20 0 1 0 77 0 0 0 " + start_of_code +
                                                      " 0 0\n");
  }

  Sampler Below10() {
    return Sampler(10, scratch_.path(), [this] { return now_; });
  }

  absl::Time now_ = absl::UnixEpoch();
  const uint64_t page_ = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const Scratch scratch_;
};

TEST_F(SamplerTest, OneProcessCountsByRssAndTheKernelsMark) {
  Process(11, 500, 4000, 1);
  Sampler sampler = Below10();
  sampler.Look(11);
  EXPECT_EQ(sampler.last_bytes(), 500 * page_);
  EXPECT_EQ(sampler.peak_bytes(), std::max<uint64_t>(500 * page_, 4000 << 10));
  EXPECT_EQ(sampler.most_processes(), 1U);
}

TEST_F(SamplerTest, SeveralCountByPss) {
  Process(11, 1000, 9999, 2500);
  Process(12, 1000, 9999, 2500);
  Sampler sampler = Below10();
  sampler.Look(11);
  EXPECT_EQ(sampler.last_bytes(), uint64_t{5000} << 10);
  EXPECT_EQ(sampler.peak_bytes(), uint64_t{5000} << 10);
  EXPECT_EQ(sampler.most_processes(), 2U);
}

TEST_F(SamplerTest, BetweenReadingsOfPssWhatIsSharedIsTheSame) {
  Process(11, 1000, 1, 2500);
  Process(12, 1000, 1, 2500);
  Sampler sampler = Below10();
  sampler.Look(11);
  Process(12, 1500, 1, 2500);
  now_ += absl::Milliseconds(10);
  EXPECT_EQ(sampler.Look(11), absl::Milliseconds(10));  // too soon
  EXPECT_EQ(sampler.last_bytes(), uint64_t{5000} << 10);
  now_ += absl::Milliseconds(100);
  sampler.Look(11);
  EXPECT_EQ(sampler.last_bytes(), (uint64_t{5000} << 10) + 500 * page_);
  now_ += absl::Milliseconds(250);
  sampler.Look(11);
  EXPECT_EQ(sampler.last_bytes(), uint64_t{5000} << 10);
}

TEST_F(SamplerTest, ANewProcessCountsWithTheNextReadingOfPss) {
  Process(11, 1000, 1, 2500);
  Process(12, 1000, 1, 2500);
  Sampler sampler = Below10();
  sampler.Look(11);
  Process(13, 1000, 1, 10);
  now_ += absl::Milliseconds(200);
  sampler.Look(11);
  EXPECT_EQ(sampler.peak_bytes(), uint64_t{5000} << 10);
  now_ += absl::Milliseconds(200);
  sampler.Look(11);
  EXPECT_EQ(sampler.last_bytes(), uint64_t{5010} << 10);
  EXPECT_EQ(sampler.most_processes(), 3U);
}

TEST_F(SamplerTest, AMainProcessThatIsAboutToEndDoesNotCount) {
  Process(11, 1000, 1, 2500);
  Sampler sampler = Below10();
  sampler.Look(11);
  Process(11, 0, 1, 0);
  Process(12, 10, 1, 40);
  now_ += absl::Milliseconds(300);
  sampler.Look(11);
  EXPECT_EQ(sampler.last_bytes(), 1000 * page_);
  now_ += absl::Milliseconds(300);
  sampler.Look(std::nullopt);
  EXPECT_EQ(sampler.last_bytes(), 10 * page_);
}

TEST_F(SamplerTest, StartsAndEndsDoNotCount) {
  Sampler sampler = Below10();
  const auto look = [&](const std::string& flags, const std::string& start_of_code, uint64_t pages) {
    Process(11, pages, pages * page_ / 1024, 1);
    Stat(11, flags, start_of_code);
    now_ += absl::Milliseconds(100);
    sampler.Look(11);
  };
  look("4194304", "0", 4);  // PF_RANDOMIZE; nothing is mapped yet
  EXPECT_EQ(sampler.looks(), 0U);
  look("4194304", "94", 700);
  look("4194308", "94", 300);  // PF_EXITING
  EXPECT_EQ(sampler.looks(), 1U);
  EXPECT_EQ(sampler.last_bytes(), 700 * page_);
  EXPECT_EQ(sampler.peak_bytes(), 700 * page_);
}

TEST_F(SamplerTest, OneOfSeveralThatEndsDoesNotCount) {
  Process(11, 1000, 1, 2500);
  Process(12, 1000, 1, 2500);
  Stat(12, "4", "1");
  Sampler sampler = Below10();
  sampler.Look(11);
  EXPECT_EQ(sampler.last_bytes(), 1000 * page_);
  EXPECT_EQ(sampler.most_processes(), 1U);
}

TEST_F(SamplerTest, TheLastHalfSecondSettles) {
  Sampler sampler = Below10();
  for (const uint64_t pages : {900, 900, 500, 500, 500, 500, 100}) {
    Process(11, pages, 1, 1);
    sampler.Look(11);
    now_ += absl::Milliseconds(120);
  }
  EXPECT_EQ(sampler.settled_bytes(), 500 * page_);
  EXPECT_EQ(sampler.last_bytes(), 100 * page_);
}

TEST_F(SamplerTest, NobodyThere) {
  Sampler sampler = Below10();
  sampler.Look(11);
  EXPECT_EQ(sampler.peak_bytes(), 0U);
}

}  // namespace
}  // namespace memgov::cli
