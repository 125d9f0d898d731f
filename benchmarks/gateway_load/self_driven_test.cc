#include "self_driven.h"

#include <gtest/gtest.h>

namespace gateway_load {
namespace {

constexpr char kWhole[] =
    R"({"requests": 7, "requests_per_second": 3.5, "p50_ms": 1, "p99_ms": 2, "cpu_ms_per_request": 0.5,
        "load_started": 100.5, "load_seconds": 2, "rss_base_bytes": 1000,
        "rss_bytes_by_second": [[-1, 1000], [0.5, 3000]]})";

std::string Without(const std::string& key) {
  std::string line = kWhole;
  return line.replace(line.find('"' + key + '"') + 1, 1, "?");
}

TEST(ParseSelfDriven, TakesFiguresAndSamples) {
  const absl::StatusOr<TimedPass> timed = ParseSelfDriven(kWhole);
  ASSERT_TRUE(timed.ok()) << timed.status();
  EXPECT_EQ(timed->load_started, 100.5);
  EXPECT_EQ(timed->pass.requests, 7u);
  EXPECT_EQ(timed->pass.requests_per_second, 3.5);
  EXPECT_EQ(timed->pass.base_bytes, 1000);
  EXPECT_EQ(timed->pass.PeakBytes(), 3000);
}

TEST(ParseSelfDriven, NamesWhatIsMissing) {
  for (const char* key : {"requests", "requests_per_second", "p50_ms", "p99_ms", "cpu_ms_per_request",
                          "load_started", "load_seconds", "rss_base_bytes", "rss_bytes_by_second"}) {
    const absl::Status status = ParseSelfDriven(Without(key)).status();
    EXPECT_NE(status.message().find("'" + std::string(key) + "'"), std::string::npos) << status;
  }
}

TEST(ParseSelfDriven, RefusesWhatIsNoReport) {
  for (const char* wrong : {"", "listening on 127.0.0.1:80", "[]", "{", "3"}) {
    EXPECT_FALSE(ParseSelfDriven(wrong).ok()) << wrong;
  }
  std::string odd = kWhole;
  odd.replace(odd.find("[-1, 1000]"), 10, "[-1]      ");
  EXPECT_FALSE(ParseSelfDriven(odd).ok());
}

}  // namespace
}  // namespace gateway_load
