// A snapshot of a real process; and of those who ask at the same time each gets a whole text.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "governor/telemetry/metrics.h"
#include "unit/child.h"
#include "unit/fake_engine.h"

namespace memgov {
namespace {

std::string TextOf(EngineControl& engine, MetricsFormat format) {
  std::string text(1 << 20, '\1');
  text.resize(WriteMetrics(engine, {"0.0.0 fake", false}, format, text.data(), text.size()));
  return text;
}

TEST(SnapshotTest, FiguresOfThisProcess) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    engine.held_bytes = 64 << 10;
    pools::SetBudget(pools::Intern("io"), 5 << 20);
    releaser::Release(engine, ReleaseReason::kApi);
    PressureSigns signs;
    signs.stalled_us = 2000000;
    signs.delta.oom_kill = 1;
    published::AddPressure(signs);
    published::AddPressure(signs);
    const auto json = nlohmann::json::parse(TextOf(engine, MetricsFormat::kJson));
    EXPECT_EQ(json["engine"], "fake");
    EXPECT_EQ(json["process_id"], getpid());
    EXPECT_EQ(json["held_bytes"], 64 << 10);
    EXPECT_GT(json["resident_bytes"], 1 << 20);
    EXPECT_GT(json["charged_bytes"], 0);
    EXPECT_TRUE(json["hard_budget_bytes"].is_null());
    EXPECT_EQ(json["stalled_seconds_total"], 4.0);
    EXPECT_EQ(json["cgroup_oom_kills_total"], 2);
    EXPECT_EQ(json["releases"][static_cast<size_t>(ReleaseReason::kApi)]["trims_total"], 1);
    EXPECT_EQ(json["pools"].back()["pool"], "io");
    EXPECT_EQ(json["pools"].back()["pool_soft_budget_bytes"], 5 << 20);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(SnapshotTest, ManyAskAtOnce) {
  const ChildEnd end = RunInChild([] {
    FakeEngine engine;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round)
          EXPECT_FALSE(
              nlohmann::json::parse(TextOf(engine, MetricsFormat::kJson), nullptr, false).is_discarded());
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// Stands still in the middle of a snapshot until it is told to go on.
class SlowEngine final : public EngineControl {
 public:
  const char* Name() const override { return "slow"; }
  bool HonoursGlibcVariables() const override { return true; }
  uint64_t HeldBytes() override {
    inside = true;
    while (!go_on) std::this_thread::yield();
    return 0;
  }
  uint64_t GiveBack(uint64_t) override { return 0; }
  uint64_t ReleasableBytes() override { return 0; }

  std::atomic<bool> inside{false};
  std::atomic<bool> go_on{false};
};

// The thread that was making a text when the process forked does not exist in the child.
TEST(SnapshotTest, AChildDoesNotWaitForItsParentsThread) {
  const ChildEnd end = RunInChild([] {
    SlowEngine slow;
    std::thread maker([&] { TextOf(slow, MetricsFormat::kPrometheus); });
    EXPECT_TRUE(WaitUntil([&] { return slow.inside.load(); }));
    const pid_t child = fork();
    if (child == 0) {
      ResetMetricsInChild();
      FakeEngine engine;
      _exit(TextOf(engine, MetricsFormat::kPrometheus).empty() ? 1 : 0);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    slow.go_on = true;
    maker.join();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(SnapshotTest, WhoWaitsTooLongGetsNothing) {
  const ChildEnd end = RunInChild([] {
    SlowEngine slow;
    std::thread maker([&] { TextOf(slow, MetricsFormat::kPrometheus); });
    EXPECT_TRUE(WaitUntil([&] { return slow.inside.load(); }));
    FakeEngine engine;
    EXPECT_EQ(TextOf(engine, MetricsFormat::kJson), "");
    slow.go_on = true;
    maker.join();
    EXPECT_NE(TextOf(engine, MetricsFormat::kJson), "");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
