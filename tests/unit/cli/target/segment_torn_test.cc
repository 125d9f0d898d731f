// The writer of the stats segment against its reader: a torn copy is never shown, and a writer that stopped
// or died at any instruction hides nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "governor/cli/target/segment.h"
#include "governor/telemetry/segment.h"
#include "memgov/stats_segment.h"
#include "unit/child.h"

namespace memgov {
namespace {

using testing::Each;

std::string MakeFolder() {
  std::string pattern = testing::TempDir() + "/memgov-segment-XXXXXX";
  return mkdtemp(pattern.data()) != nullptr ? pattern : "";
}

// Every figure of it is `value`.
Snapshot AllOf(uint64_t value) {
  Snapshot snapshot;
  snapshot.engine = "arena";
  snapshot.runtime = {"1.2.3 arena", value != 0};
  snapshot.census.exact = true;
  EngineFigures& engine = snapshot.census.engine;
  for (uint64_t* figure :
       {&engine.live_bytes, &engine.fragmentation_bytes, &engine.slot_bytes, &engine.dirty_bytes,
        &engine.metadata_bytes, &engine.usable_bytes, &engine.reserved_bytes, &engine.shards,
        &engine.bad_frees, &engine.foreign_frees, &engine.window_ns})
    *figure = value;
  for (ReleaseTotals& totals : snapshot.releases) totals = {value, value};
  return snapshot;
}

std::vector<uint64_t> FromFragmentationOn(const cli::Reading& reading) {
  size_t first = 0;
  while (first < reading.names.size() && reading.names[first].name != "memgov_fragmentation_bytes") ++first;
  return {reading.values.begin() + static_cast<ptrdiff_t>(first), reading.values.end()};
}

class SegmentTornTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = MakeFolder();
    ASSERT_NE(folder_, "");
  }
  void TearDown() override {
    if (writer_ > 0) {
      kill(writer_, SIGKILL);
      waitpid(writer_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }
  // A process that writes 1, 2, 3, ... as fast as it can.
  void StartWriter() {
    writer_ = fork();
    if (writer_ != 0) return;
    if (!segment::Open(folder_.c_str(), AllOf(1))) _exit(1);
    for (uint64_t value = 1;; ++value) segment::Publish(AllOf(value));
  }
  std::string Path() const { return folder_ + "/" + std::to_string(writer_) + ".stats"; }
  absl::StatusOr<cli::Reading> Read() const { return cli::ReadSegment(Path(), geteuid()); }

  std::string folder_;
  pid_t writer_ = 0;
};

TEST_F(SegmentTornTest, NeverWhileAWriterLoops) {
  StartWriter();
  ASSERT_TRUE(WaitUntil([&] { return Read().ok(); }));
  uint64_t before = 0;
  int seen = 0;
  for (int count = 0; count < 20000; ++count) {
    const absl::StatusOr<cli::Reading> reading = Read();
    if (!reading.ok()) continue;  // both copies changed during each of five looks
    ++seen;
    const std::vector<uint64_t> figures = FromFragmentationOn(*reading);
    ASSERT_GE(figures.size(), 12U);
    ASSERT_THAT(figures, Each(figures[0]));
    ASSERT_GE(figures[0], before);
    before = figures[0];
  }
  EXPECT_GT(seen, 1000);
  EXPECT_GT(before, 1U);
}

TEST_F(SegmentTornTest, AStoppedOrKilledWriterIsReadable) {
  StartWriter();
  ASSERT_TRUE(WaitUntil([&] { return Read().ok(); }));
  for (int count = 0; count < 500; ++count) {
    kill(writer_, SIGSTOP);
    int status = 0;
    waitpid(writer_, &status, WUNTRACED);
    const absl::StatusOr<cli::Reading> reading = Read();
    ASSERT_TRUE(reading.ok()) << reading.status();
    const std::vector<uint64_t> figures = FromFragmentationOn(*reading);
    ASSERT_THAT(figures, Each(figures[0]));
    kill(writer_, SIGCONT);
  }
  kill(writer_, SIGKILL);
  waitpid(writer_, nullptr, 0);
  EXPECT_TRUE(Read().ok()) << Read().status();
}

TEST_F(SegmentTornTest, WhatIsThereByItsNameIsReplacedAndNotFollowed) {
  const std::string victim = folder_ + "/victim";
  std::ofstream(victim) << "precious";
  const ChildEnd end = RunInChild([&] {
    const std::string path = folder_ + "/" + std::to_string(getpid()) + ".stats";
    for (const std::string& name : {path, path + ".new"}) ASSERT_EQ(symlink(victim.c_str(), name.c_str()), 0);
    ASSERT_TRUE(segment::Open(folder_.c_str(), AllOf(1)));
    segment::Publish(AllOf(7));
    EXPECT_FALSE(std::filesystem::is_symlink(path));
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
    EXPECT_TRUE(cli::ReadSegment(path, geteuid()).ok());
    struct stat status {};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    segment::Remove();
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_FALSE(segment::Open(folder_.c_str(), AllOf(1)));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  std::ifstream file(victim);
  std::string text;
  file >> text;
  EXPECT_EQ(text, "precious");
}

TEST_F(SegmentTornTest, AFolderThatIsGoneCostsOneLine) {
  const ChildEnd end = RunInChild([&] {
    const std::string gone = folder_ + "/gone";
    EXPECT_FALSE(segment::Open(gone.c_str(), AllOf(1)));
    EXPECT_FALSE(segment::Open(gone.c_str(), AllOf(1)));
    segment::Publish(AllOf(1));
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_THAT(end.error_text, testing::HasSubstr("stats segment: " + folder_ + "/gone/"));
  EXPECT_EQ(std::count(end.error_text.begin(), end.error_text.end(), '\n'), 1) << end.error_text;
}

TEST_F(SegmentTornTest, WhatAKilledMakerLeftIsRemoved) {
  const pid_t killed = fork();
  if (killed == 0) _exit(0);
  waitpid(killed, nullptr, 0);
  const std::string unfinished = folder_ + "/" + std::to_string(killed) + ".stats.new";
  const std::string alive = folder_ + "/" + std::to_string(getpid()) + ".stats.new";
  const std::string young = folder_ + "/" + std::to_string(killed) + "0.stats.new";
  for (const std::string& name : {unfinished, alive, young}) {
    std::ofstream(name).close();
    const auto age = std::chrono::seconds(name == young ? 0 : 60);
    std::filesystem::last_write_time(name, std::filesystem::file_time_type::clock::now() - age);
  }
  const ChildEnd end = RunInChild([&] { EXPECT_TRUE(segment::Open(folder_.c_str(), AllOf(1))); });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_FALSE(std::filesystem::exists(unfinished));
  EXPECT_TRUE(std::filesystem::exists(alive));
  EXPECT_TRUE(std::filesystem::exists(young));  // its maker may live in another pid namespace
}

TEST_F(SegmentTornTest, OnlyItsOwnFileIsRemoved) {
  const ChildEnd end = RunInChild([&] {
    const std::string path = folder_ + "/" + std::to_string(getpid()) + ".stats";
    ASSERT_TRUE(segment::Open(folder_.c_str(), AllOf(1)));
    EXPECT_TRUE(segment::IsThere());
    std::filesystem::remove(path);
    EXPECT_FALSE(segment::IsThere());
    std::ofstream(path) << "another's";
    EXPECT_FALSE(segment::IsThere());
    segment::Remove();
    EXPECT_TRUE(std::filesystem::exists(path));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST_F(SegmentTornTest, AForkChildLeavesItsParentsFileAlone) {
  const ChildEnd end = RunInChild([&] {
    ASSERT_TRUE(segment::Open(folder_.c_str(), AllOf(1)));
    segment::Publish(AllOf(3));
    const std::string path = folder_ + "/" + std::to_string(getpid()) + ".stats";
    const pid_t child = fork();
    if (child == 0) {
      segment::ForgetInChild();
      if (!segment::Open(folder_.c_str(), AllOf(1))) _exit(1);
      segment::Publish(AllOf(9));
      segment::Remove();
      _exit(0);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    const absl::StatusOr<cli::Reading> reading = cli::ReadSegment(path, geteuid());
    ASSERT_TRUE(reading.ok()) << reading.status();
    EXPECT_EQ(reading->Value("slot_bytes"), 3U);
    EXPECT_EQ(reading->version, "1.2.3");
    EXPECT_EQ(reading->engine, "arena");
    EXPECT_EQ(reading->Value("trims_total{reason=\"idle\"}"), 3U);
    segment::Remove();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
