// Segments as nobody wrote them: cut short, damaged, of another layout, hostile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "governor/cli/target/segment.h"
#include "governor/telemetry/segment.h"
#include "memgov/stats_segment.h"
#include "unit/child.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;

// The bytes that the real writer leaves.
std::string RealSegment() {
  std::string pattern = testing::TempDir() + "/memgov-parse-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) return "";
  std::string bytes;
  const ChildEnd end = RunInChild([&] {
    Snapshot snapshot;
    snapshot.runtime = {"1.2.3 arena", true};
    segment::Open(pattern.c_str(), snapshot);
    segment::Publish(snapshot);
    std::filesystem::rename(pattern + "/" + std::to_string(getpid()) + ".stats", pattern + "/kept");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  std::ifstream file(pattern + "/kept", std::ios::binary);
  bytes.assign(std::istreambuf_iterator<char>(file), {});
  std::filesystem::remove_all(pattern);
  return bytes;
}

class SegmentParseTest : public testing::Test {
 protected:
  void SetUp() override {
    if (real_.empty()) real_ = RealSegment();
    ASSERT_TRUE(ParseSegment(real_).ok()) << ParseSegment(real_).status();
  }

  template <typename Change>
  static absl::Status Changed(const Change& change) {
    std::string bytes = real_;
    memgov_segment_header_t header;
    std::memcpy(&header, bytes.data(), sizeof header);
    change(header);
    std::memcpy(bytes.data(), &header, sizeof header);
    return ParseSegment(bytes).status();
  }

  static std::string real_;
};
std::string SegmentParseTest::real_;

TEST_F(SegmentParseTest, AnyLengthOfIt) {
  for (size_t size = 0; size < real_.size(); size += size < 400 ? 1 : 97) {
    const absl::Status status = ParseSegment(std::string_view(real_).substr(0, size)).status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << size << ": " << status;
  }
  EXPECT_TRUE(absl::IsDataLoss(ParseSegment(std::string(1 << 20, 'x')).status()));
}

TEST_F(SegmentParseTest, AnotherLayout) {
  const absl::Status status = Changed([](auto& header) { header.version = 99; });
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("layout 99"));
}

TEST_F(SegmentParseTest, OffsetsAndCountsBeyondIt) {
  using Header = memgov_segment_header_t;
  const std::vector<uint32_t Header::*> fields = {
      &Header::names_offset,     &Header::names_bytes, &Header::value_count, &Header::most_pools,
      &Header::pool_value_count, &Header::copy_bytes,  &Header::bytes};
  for (const auto field : fields) {
    for (const uint32_t value : {0xffffffffU, 0x80000000U, 0x10000U, 0xfff8U}) {
      const absl::Status status = Changed([&](Header& header) { header.*field = value; });
      EXPECT_TRUE(absl::IsDataLoss(status)) << value << ": " << status;
    }
  }
  for (const uint32_t offset : {0xffffffffU, 0xfffffff8U, 12U, 0xf000U}) {
    EXPECT_TRUE(absl::IsDataLoss(Changed([&](Header& header) { header.copy_offset[0] = offset; }))) << offset;
  }
}

TEST_F(SegmentParseTest, AFlippedBitInAllCopiesIsSeen) {
  memgov_segment_header_t header;
  std::memcpy(&header, real_.data(), sizeof header);
  std::string bytes = real_;
  for (const uint32_t offset : header.copy_offset) bytes[offset + 100] ^= 4;
  const absl::Status status = ParseSegment(bytes).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("no whole copy"));
}

TEST_F(SegmentParseTest, RandomDamageNeverCrashes) {
  std::mt19937 random(4711);
  int accepted = 0;
  for (int count = 0; count < 20000; ++count) {
    std::string bytes = real_;
    for (int change = 0; change < 3; ++change) bytes[random() % 6400] = static_cast<char>(random());
    accepted += ParseSegment(bytes).ok() ? 1 : 0;
  }
  EXPECT_GT(accepted, 0);  // most bytes up there are names
}

TEST_F(SegmentParseTest, OnlyARegularFileOfItsOwner) {
  std::string pattern = testing::TempDir() + "/memgov-owner-XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  std::ofstream(pattern + "/file", std::ios::binary) << real_;
  EXPECT_TRUE(ReadSegment(pattern + "/file", geteuid()).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(ReadSegment(pattern + "/file", geteuid() + 1).status()));
  ASSERT_EQ(symlink("file", (pattern + "/link").c_str()), 0);
  EXPECT_TRUE(absl::IsDataLoss(ReadSegment(pattern + "/link", geteuid()).status()));
  ASSERT_EQ(mkfifo((pattern + "/pipe").c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsDataLoss(ReadSegment(pattern + "/pipe", geteuid()).status()));
  EXPECT_TRUE(absl::IsNotFound(ReadSegment(pattern + "/none", geteuid()).status()));
  std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace memgov::cli
