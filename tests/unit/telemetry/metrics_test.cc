// The texts that machines read: valid, complete, and with each figure in its place.
#include "governor/telemetry/metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "unit/child.h"

namespace memgov {
namespace {

using Json = nlohmann::json;

constexpr size_t kMostText = 1 << 20;

std::string TextOf(void (*write)(const Snapshot&, TextSink&), const Snapshot& snapshot) {
  std::string text(kMostText, '\1');
  TextSink sink(text.data(), text.size());
  write(snapshot, sink);
  EXPECT_LT(sink.total(), kMostText);
  EXPECT_EQ(text[sink.total()], '\0');
  text.resize(sink.total());
  return text;
}

std::string PrometheusOf(const Snapshot& snapshot) { return TextOf(WritePrometheus, snapshot); }
Json JsonOf(const Snapshot& snapshot) { return Json::parse(TextOf(WriteJson, snapshot)); }

// The samples of a text in Prometheus' format, by name and labels; fails where the text breaks its rules.
std::map<std::string, std::string> SamplesOf(const std::string& text) {
  std::map<std::string, std::string> samples;
  std::set<std::string> families;
  std::string family, line, kind;
  std::istringstream lines(text);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string hash, keyword, name;
    if (line.rfind("# HELP ", 0) == 0) {
      words >> hash >> keyword >> family;
      EXPECT_TRUE(families.insert(family).second) << "described twice: " << family;
      EXPECT_TRUE(static_cast<bool>(std::getline(lines, line)));
      words = std::istringstream(line);
      words >> hash >> keyword >> name >> kind;
      EXPECT_EQ(keyword, "TYPE");
      EXPECT_EQ(name, family);
      EXPECT_TRUE(kind == "gauge" || kind == "counter");
      continue;
    }
    const size_t space = line.rfind(' ');
    const std::string key = line.substr(0, space);
    EXPECT_EQ(key.substr(0, key.find('{')), family) << "not below its family: " << line;
    EXPECT_TRUE(samples.emplace(key, line.substr(space + 1)).second) << "twice: " << key;
  }
  EXPECT_EQ(text.back(), '\n');
  return samples;
}

std::unique_ptr<Snapshot> GatewaySnapshot() {
  auto snapshot = std::make_unique<Snapshot>();
  snapshot->engine = "fake";
  snapshot->runtime = {"1.2.3 fake", true};
  snapshot->callbacks = {17, 2500000000, 40};
  snapshot->census.pool_count = 3;
  snapshot->census.pools[kMainPool] = {1, 1, 500, 700};
  snapshot->census.resident_bytes = 1000;
  snapshot->census.exact = true;
  snapshot->census.engine.fragmentation_bytes = 4711;
  snapshot->census.engine.window_ns = 250000000;
  snapshot->pool_limits[kMainPool] = {1 << 20, 1 << 23};
  snapshot->releases[static_cast<int>(ReleaseReason::kMallocTrim)] = {3, 9000};
  snapshot->charge.charged_bytes = 300;
  snapshot->limits.soft_bytes = 800;
  snapshot->limits.hard_bytes = 1000;
  snapshot->rung = Rung::kHard;
  snapshot->budget.emergency_longest_ns = 1;
  snapshot->admission.forgotten_bytes = 12;
  snapshot->pressure.stalled_us = 1500000;
  snapshot->cohort_members = 4;
  snapshot->recycle = {true, 99, 600000000000};
  return snapshot;
}

TEST(MetricsTest, PrometheusFiguresInTheirPlaces) {
  auto samples = SamplesOf(PrometheusOf(*GatewaySnapshot()));
  EXPECT_EQ(samples[R"(memgov_info{version="1.2.3 fake",engine="fake"})"], "1");
  EXPECT_EQ(samples["memgov_resident_bytes"], "1000");
  EXPECT_EQ(samples["memgov_headroom_bytes"], "700");
  EXPECT_EQ(samples["memgov_container_limit_bytes"], "+Inf");
  EXPECT_EQ(samples["memgov_rung"], "2");
  EXPECT_EQ(samples["memgov_governor_running"], "1");
  EXPECT_EQ(samples["memgov_stalled_seconds_total"], "1.500000000");
  EXPECT_EQ(samples["memgov_emergency_longest_seconds"], "0.000000001");
  EXPECT_EQ(samples["memgov_callback_longest_seconds"], "2.500000000");
  EXPECT_EQ(samples["memgov_recycle_since_seconds"], "600.000000000");
  EXPECT_EQ(samples["memgov_fragmentation_bytes"], "4711");
  EXPECT_EQ(samples["memgov_demand_window_seconds"], "0.250000000");
  EXPECT_EQ(samples[R"(memgov_pool_live_bytes{pool="main"})"], "500");
  EXPECT_EQ(samples[R"(memgov_pool_soft_budget_bytes{pool="main"})"], "1048576");
  EXPECT_EQ(samples[R"(memgov_pool_soft_budget_bytes{pool="memgov"})"], "+Inf");
  EXPECT_EQ(samples[R"(memgov_pool_hard_limit_bytes{pool="main"})"], "8388608");
  EXPECT_EQ(samples[R"(memgov_pool_hard_limit_bytes{pool="memgov"})"], "+Inf");
  EXPECT_EQ(samples[R"(memgov_trims_total{reason="malloc_trim"})"], "3");
  EXPECT_EQ(samples[R"(memgov_trimmed_bytes_total{reason="malloc_trim"})"], "9000");
  EXPECT_EQ(samples[R"(memgov_trims_total{reason="idle"})"], "0");
}

TEST(MetricsTest, JsonFiguresInTheirPlaces) {
  const Json json = JsonOf(*GatewaySnapshot());
  EXPECT_EQ(json["version"], "1.2.3 fake");
  EXPECT_EQ(json["engine"], "fake");
  EXPECT_EQ(json["charged_bytes"], 300);
  EXPECT_TRUE(json["container_limit_bytes"].is_null());
  EXPECT_EQ(json["pressure_callbacks_total"], 17);
  EXPECT_EQ(json["forgotten_bytes_total"], 12);
  EXPECT_EQ(json["cohort_members"], 4);
  EXPECT_EQ(json["recycle_advised"], 1);
  EXPECT_EQ(json["stalled_seconds_total"], 1.5);
  EXPECT_EQ(json["fragmentation_bytes"], 4711);
  ASSERT_EQ(json["pools"].size(), 3U);
  EXPECT_EQ(json["pools"][kMainPool]["pool"], "main");
  EXPECT_EQ(json["pools"][kMainPool]["pool_held_bytes"], 700);
  EXPECT_TRUE(json["pools"][kGovernorPool]["pool_soft_budget_bytes"].is_null());
  ASSERT_EQ(json["releases"].size(), static_cast<size_t>(ReleaseReason::kCount));
  EXPECT_EQ(json["releases"][3]["reason"], "malloc_trim");
  EXPECT_EQ(json["releases"][3]["trimmed_bytes_total"], 9000);
}

TEST(MetricsTest, EveryMetricIsInBothTexts) {
  const std::string text = PrometheusOf(*GatewaySnapshot());
  const std::string json = TextOf(WriteJson, *GatewaySnapshot());
  size_t count = 0;
  for (const Metric* metric = nullptr; (metric = MetricAt(count)) != nullptr; ++count) {
    const std::string name = metric->name;
    const char* kind = metric->kind == MetricKind::kCounter ? " counter\n" : " gauge\n";
    EXPECT_NE(text.find("# HELP " + name + " " + metric->help + "\n# TYPE " + name + kind),
              std::string::npos);
    EXPECT_NE(json.find("\"" + name.substr(7) + "\":"), std::string::npos) << name;
  }
  EXPECT_GT(count, 50U);
}

TEST(MetricsTest, EngineWithoutBooksHasNoSuchFigures) {
  auto snapshot = GatewaySnapshot();
  snapshot->census.exact = false;
  EXPECT_EQ(PrometheusOf(*snapshot).find("memgov_fragmentation_bytes"), std::string::npos);
  EXPECT_FALSE(JsonOf(*snapshot).contains("fragmentation_bytes"));
}

TEST(MetricsTest, Headroom) {
  auto snapshot = GatewaySnapshot();
  snapshot->charge.charged_bytes = 1001;
  EXPECT_EQ(snapshot->HeadroomBytes(), 0U);
  snapshot->limits.hard_bytes = UINT64_MAX;
  EXPECT_EQ(snapshot->HeadroomBytes(), UINT64_MAX);
}

// 64 pools with names of 31 bytes of the worst kind, and the largest figures.
TEST(MetricsTest, TheWorstNamesAndFiguresAreWhole) {
  const ChildEnd end = RunInChild([] {
    auto snapshot = GatewaySnapshot();
    while (pools::Count() < kMostPools)
      pools::Intern((std::string(29, '\x01') + std::to_string(pools::Count() + 10)).c_str());
    snapshot->census.pool_count = kMostPools;
    for (PoolCensus& pool : snapshot->census.pools)
      pool = {UINT32_MAX, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
    snapshot->census.allocated_bytes = UINT64_MAX - 1;
    EXPECT_EQ(JsonOf(*snapshot)["allocated_bytes_total"], UINT64_MAX - 1);
    EXPECT_EQ(JsonOf(*snapshot)["pools"].size(), 64U);
    const auto samples = SamplesOf(PrometheusOf(*snapshot));
    std::string key = "memgov_pool_live_bytes{pool=\"";
    for (int count = 0; count < 29; ++count) key += "\\\\x01";
    EXPECT_EQ(samples.count(key + "13\"}"), 1U);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(MetricsTest, ASmallBufferGetsTheBeginningAndTheWholeLength) {
  const auto snapshot = GatewaySnapshot();
  const std::string whole = TextOf(WriteJson, *snapshot);
  for (size_t capacity : {size_t{0}, size_t{1}, size_t{2}, size_t{77}, whole.size(), whole.size() + 1}) {
    std::string buffer(whole.size() + 10, '\1');
    TextSink sink(capacity > 0 ? buffer.data() : nullptr, capacity);
    WriteJson(*snapshot, sink);
    EXPECT_EQ(sink.total(), whole.size());
    if (capacity > 0) {
      EXPECT_STREQ(buffer.c_str(), whole.substr(0, capacity - 1).c_str());
    }
    EXPECT_EQ(buffer.find_first_not_of('\1', capacity), std::string::npos) << "beyond " << capacity;
  }
}

}  // namespace
}  // namespace memgov
