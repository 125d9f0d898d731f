#include "governor/cli/show/evidence_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "governor/telemetry/evidence.h"
#include "unit/child.h"

namespace memgov::cli {
namespace {

constexpr uint64_t kMegabyte = uint64_t{1} << 20;

class EvidenceFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/memgov-evidence-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/kept"; }

  // As the process that is killed writes it.
  void WriteReal(int lines) const {
    const ChildEnd end = RunInChild([&] {
      evidence::Open(folder_.c_str(), "arena");
      for (int index = 0; index < lines; ++index) {
        evidence::Line line;
        line.wall_clock_s = 1700000000 + static_cast<uint64_t>(index) / 5;
        line.rung = "hard";
        line.charged_bytes = 251 * kMegabyte;
        line.soft_bytes = 204 * kMegabyte;
        line.hard_bytes = UINT64_MAX;
        line.limit_bytes = 256 * kMegabyte;
        line.held_bytes = 230 * kMegabyte;
        line.refused = static_cast<uint64_t>(index);
        line.grew_pool = index % 2 == 0 ? "io of two words" : "parse";
        line.grew_bytes =
            index % 2 == 0 ? static_cast<int64_t>(8 * kMegabyte) : -static_cast<int64_t>(kMegabyte);
        evidence::Write(line);
      }
      std::filesystem::rename(folder_ + "/" + std::to_string(getpid()) + ".evidence", path());
    });
    ASSERT_EQ(end.status, 0) << end.error_text;
  }

  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string folder_;
};

TEST_F(EvidenceFileTest, IsReadAsItsWriterWritesIt) {
  WriteReal(100);
  const auto evidence = ReadEvidence(path(), geteuid());
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  EXPECT_GT(evidence->start_ticks, 0u);
  ASSERT_EQ(evidence->lines.size(), static_cast<size_t>(evidence::kLines)) << "the newest, in order";
  const EvidenceLine& last = evidence->lines.back();
  EXPECT_EQ(last.number, 100u);
  EXPECT_EQ(last.time, absl::FromUnixSeconds(1700000019));
  EXPECT_EQ(last.rung, "hard");
  EXPECT_EQ(last.charged_bytes, 251 * kMegabyte);
  EXPECT_EQ(last.soft_bytes, 204 * kMegabyte);
  EXPECT_EQ(last.hard_bytes, UINT64_MAX);
  EXPECT_EQ(last.limit_bytes, 256 * kMegabyte);
  EXPECT_EQ(last.held_bytes, 230 * kMegabyte);
  EXPECT_EQ(last.refused, 99u);
  EXPECT_EQ(last.grew_pool, "parse");
  EXPECT_EQ(last.grew_bytes, -static_cast<int64_t>(kMegabyte));
  EXPECT_EQ(evidence->lines[62].grew_pool, "io of two words");
  EXPECT_EQ(evidence->lines[62].grew_bytes, static_cast<int64_t>(8 * kMegabyte));
}

TEST_F(EvidenceFileTest, LeavesOutTheLineThatWasBeingWritten) {
  WriteReal(3);
  std::string text = Read(path());
  const size_t row = text.find("\n3 ") + 1;
  text[row] = ' ';
  const auto evidence = ParseEvidence(text);
  ASSERT_TRUE(evidence.ok());
  EXPECT_EQ(evidence->lines.size(), 2u);
}

TEST_F(EvidenceFileTest, IsNoLinkAndOfItsOwner) {
  WriteReal(1);
  EXPECT_EQ(ReadEvidence(path(), geteuid() + 1).status().code(), absl::StatusCode::kDataLoss);
  std::filesystem::create_symlink(path(), folder_ + "/link");
  EXPECT_FALSE(ReadEvidence(folder_ + "/link", geteuid()).ok());
  ASSERT_EQ(mkfifo((folder_ + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(ReadEvidence(folder_ + "/pipe", geteuid()).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReadEvidence(folder_ + "/none", geteuid()).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(EvidenceFileTest, OfSomethingElseIsRefused) {
  for (const char* text : {"", "\n\n\n\n", "memgov evidence of process 1\nnonsense\n\n\n\n"}) {
    EXPECT_EQ(ParseEvidence(text).status().code(), absl::StatusCode::kDataLoss) << text;
  }
  std::ofstream(path()) << std::string(100000, 'x');
  EXPECT_EQ(ReadEvidence(path(), geteuid()).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(EvidenceFileTest, DamagedAtRandomNeverBreaksTheReader) {
  WriteReal(70);
  const std::string real = Read(path());
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    std::string text = real.substr(0, random() % real.size());
    for (int change = 0; change < 50 && !text.empty(); ++change)
      text[random() % text.size()] = static_cast<char>(random());
    const auto evidence = ParseEvidence(text);
    if (evidence.ok()) {
      EXPECT_LE(evidence->lines.size(), 500u);
      GrewMost(evidence->lines, absl::Seconds(10));
    }
  }
}

EvidenceLine Line(uint64_t number, int second, const std::string& pool, int64_t megabytes) {
  EvidenceLine line;
  line.number = number;
  line.time = absl::FromUnixSeconds(1700000000 + second);
  line.grew_pool = pool;
  line.grew_bytes = megabytes * static_cast<int64_t>(kMegabyte);
  return line;
}

TEST(GrewMost, AddsUpThePoolsLinesOfTheLastSeconds) {
  const Growth growth = GrewMost(
      {Line(1, 0, "old", 500), Line(2, 38, "parse", 30), Line(3, 39, "io", 50), Line(4, 40, "io", 30)},
      absl::Seconds(10));
  EXPECT_EQ(growth.pool, "io");
  EXPECT_EQ(growth.bytes, static_cast<int64_t>(80 * kMegabyte));
  EXPECT_EQ(growth.duration, absl::Seconds(2)) << "since the line before its first";
}

TEST(GrewMost, IsNothingWhereNothingGrew) {
  EXPECT_EQ(GrewMost({}, absl::Seconds(10)).pool, "");
  EXPECT_EQ(GrewMost({Line(1, 0, "io", -5), Line(2, 1, "", 0)}, absl::Seconds(10)).bytes, 0);
}

TEST(GrewMost, SaturatesAndIsNeverOfNegativeDuration) {
  std::vector<EvidenceLine> lines = {Line(1, 5, "io", 0), Line(2, 0, "io", 0), Line(3, 3, "io", 0)};
  for (EvidenceLine& line : lines) line.grew_bytes = INT64_MAX;
  const Growth growth = GrewMost(lines, absl::Seconds(10));
  EXPECT_EQ(growth.bytes, INT64_MAX);
  EXPECT_GE(growth.duration, absl::ZeroDuration());
}

}  // namespace
}  // namespace memgov::cli
