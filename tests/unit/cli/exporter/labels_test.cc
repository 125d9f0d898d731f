#include "governor/cli/exporter/labels.h"

#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

TEST(Labels, EscapeWhatTheFormatWantsEscaped) {
  EXPECT_EQ(LabelText("command", "nginx"), R"(command="nginx")");
  EXPECT_EQ(LabelText("command", R"(a"b\c)"), R"(command="a\"b\\c")");
  EXPECT_EQ(LabelText("pool", "caf\xc3\xa9"), "pool=\"caf\xc3\xa9\"");
}

TEST(Labels, SpellOutBytesThatAreNoText) {
  EXPECT_EQ(LabelText("pool", "io\xff"), R"(pool="io\\xff")");
  EXPECT_EQ(LabelText("pool", "a\nb"), R"(pool="a\\x0ab")");
  EXPECT_EQ(LabelText("pool", std::string_view("a\0b", 3)), R"(pool="a\\x00b")");
}

TEST(Labels, FigureNamesAreOurKind) {
  EXPECT_TRUE(IsFigureName("memgov_live_bytes"));
  for (const char* name : {"", "live_bytes", "node_load1", "memgov_Live", "memgov_live bytes",
                           "memgov_a{b=\"c\"}", "memgov_live\n", "memgov_\xff"}) {
    EXPECT_FALSE(IsFigureName(name)) << name;
  }
  EXPECT_FALSE(IsFigureName("memgov_" + std::string(200, 'a')));
}

TEST(Labels, FigureNamesOfTheExporterAreTaken) {
  for (const char* name : {"memgov_exporter_processes", "memgov_process_resident_bytes", "memgov_info",
                           "memgov_cgroup_memory_usage_bytes", "memgov_figures_timestamp_seconds",
                           "memgov_governor_start_time_seconds"}) {
    EXPECT_FALSE(IsFigureName(name)) << name;
  }
}

TEST(Labels, OthersLabelsAreReadAndWrittenAnew) {
  EXPECT_EQ(CheckedLabels(""), "");
  EXPECT_EQ(CheckedLabels(R"(reason="idle")"), R"(reason="idle")");
  EXPECT_EQ(CheckedLabels(R"(reason="a\"\\b",kind="x")"), R"(reason="a\"\\b",kind="x")");
  EXPECT_EQ(CheckedLabels("reason=\"\xff\""), R"(reason="\\xff")");
}

TEST(Labels, HostileLabelsAreRefused) {
  for (const char* labels :
       {"reason", "reason=", "reason=\"idle", "reason=\"idle\\", "reason=\"idle\",", "reason=\"idle\"}",
        "reason=\"a\" kind=\"b\"", "Reason=\"a\"", "=\"a\"", "pid=\"1\"", "command=\"sshd\"", "pool=\"io\"",
        "cgroup=\"/\"", "instance=\"x\"", "le=\"1\"", "__name__=\"up\"", "a=\"1\",a=\"2\"",
        "a=\"1\",b=\"1\",c=\"1\",d=\"1\",e=\"1\""}) {
    EXPECT_EQ(CheckedLabels(labels), std::nullopt) << labels;
  }
}

}  // namespace
}  // namespace memgov::cli
