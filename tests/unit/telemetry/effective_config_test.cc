// What operators read, word for word where it is about this process and not about the option table.
#include "governor/telemetry/effective_config.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "governor/config/options.h"
#include "unit/child.h"

namespace memgov {
namespace {

std::string TextOf(const EffectiveState& state, const published::Watching& watching) {
  std::string text(64 << 10, '\1');
  TextSink sink(text.data(), text.size());
  WriteEffectiveConfig(state, watching, sink);
  EXPECT_LT(sink.total(), text.size());
  text.resize(sink.total());
  return text;
}

std::string From(const std::string& text, const char* heading) {
  const size_t at = text.find(heading);
  return at == std::string::npos ? "" : text.substr(at);
}

std::string LineOf(const std::string& text, const std::string& name) {
  const size_t at = text.find("  " + name + " ");
  return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
}

TEST(EffectiveConfigTest, InAContainer) {
  EffectiveState state;
  state.version = "1.2.3 fake";
  state.governor_running = true;
  state.limits = {400 << 20, 480 << 20, 505 << 20, 512 << 20, BudgetSource::kContainer};
  state.cgroup_version = CgroupVersion::kV1;
  state.memory_directory = "/sys/fs/cgroup/memory/gateway";
  state.unified_directory = "/sys/fs/cgroup/unified/gateway";
  state.cohort_members = 4;
  published::Watching watching;
  watching.psi = WatchState::kWatched;
  watching.events = WatchState::kPolled;
  std::strcpy(watching.psi_path, "/sys/fs/cgroup/unified/gateway/memory.pressure");
  const std::string text = TextOf(state, watching);
  EXPECT_EQ(text.rfind("memgov 1.2.3 fake\noptions:\n", 0), 0U) << text;
  EXPECT_EQ(From(text, "limits in force:"), std::string("limits in force:\n"
                                                        "  soft                    400.0 MB (419430400)\n"
                                                        "  hard                    480.0 MB (503316480)\n"
                                                        "  small requests fail at  505.0 MB (529530880)\n"
                                                        "  container               512.0 MB (536870912)\n"
                                                        "  source                  ") +
                                                BudgetSourceName(BudgetSource::kContainer) +
                                                "\n"
                                                "cgroup:\n"
                                                "  version                 v1\n"
                                                "  memory                  /sys/fs/cgroup/memory/gateway\n"
                                                "  pressure files          /sys/fs/cgroup/unified/gateway\n"
                                                "pressure:\n"
                                                "  stalls (PSI)            " +
                                                WatchStateName(WatchState::kWatched) +
                                                ": /sys/fs/cgroup/unified/gateway/memory.pressure\n"
                                                "  memory.events           " +
                                                WatchStateName(WatchState::kPolled) +
                                                ", at most every 10.0 s at rest\n"
                                                "  systemd's protocol      " +
                                                WatchStateName(WatchState::kAbsent) +
                                                "\n"
                                                "process:\n"
                                                "  governor's thread       runs\n"
                                                "  cohort                  4 processes\n");
}

TEST(EffectiveConfigTest, SaysWhoCapsTheArenas) {
  EffectiveState state;
  EXPECT_EQ(TextOf(state, {}).find("arenas  "), std::string::npos);
  state.arenas = {4, "two per CPU, 2 to 16"};
  EXPECT_EQ(LineOf(TextOf(state, {}), "glibc's arenas"),
            "  glibc's arenas          at most 4 (two per CPU, 2 to 16)");
  state.arenas = {0, "GLIBC_TUNABLES"};
  EXPECT_EQ(LineOf(TextOf(state, {}), "glibc's arenas"),
            "  glibc's arenas          as glibc has them (GLIBC_TUNABLES)");
}

TEST(EffectiveConfigTest, WithoutAContainer) {
  const std::string text = TextOf({}, {});
  EXPECT_NE(text.find("  soft                    none\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  small requests fail at  never\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  container               no limit\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  memory                  none\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  governor's thread       does not run\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  cohort                  1 process\n"), std::string::npos) << text;
}

TEST(EffectiveConfigTest, EveryOptionWithValueAndSource) {
  const ChildEnd end = RunInChild([] {
    ASSERT_TRUE(options::Set(Option::kTrimInterval, "30s"));
    const std::string text = TextOf({}, {});
    for (int option = 0; option < static_cast<int>(Option::kCount); ++option) {
      const std::string line = LineOf(text, options::Spec(static_cast<Option>(option)).name);
      const bool set = static_cast<Option>(option) == Option::kTrimInterval;
      const std::string source = set ? " environment" : " default";
      ASSERT_GE(line.size(), 44 + source.size() - 1) << line;
      EXPECT_EQ(line.substr(line.size() - source.size()), source);
    }
    EXPECT_EQ(LineOf(text, "MEMGOV_TRIM_INTERVAL"),
              "  MEMGOV_TRIM_INTERVAL    30.0 s            environment");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EffectiveConfigTest, WhereMemgovDoesNotGovernThereIsNoMore) {
  EffectiveState state;
  state.version = "1.2.3 fake";
  state.governed = false;
  const std::string text = TextOf(state, {});
  EXPECT_EQ(text.rfind("memgov 1.2.3 fake: does not govern this process\n", 0), 0U) << text;
  EXPECT_EQ(From(text, "limits in force:"), "");
}

// A host may set MEMGOV_POOLS to as many rules as it likes.
TEST(EffectiveConfigTest, ALongValueIsCutAndTheRestIsThere) {
  const ChildEnd end = RunInChild([] {
    std::string rules;
    for (int rule = 0; rule < 200; ++rule) rules += "pattern-*=pool" + std::to_string(rule % 10) + ";";
    ASSERT_TRUE(options::Set(Option::kPools, rules.c_str()));
    const std::string text = TextOf({}, {});
    EXPECT_NE(text.find("pattern-*=pool0;pattern-*=pool1;"), std::string::npos);
    EXPECT_NE(From(text, "process:"), "");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
