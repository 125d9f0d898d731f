#include "governor/cli/launch/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kObject = "/usr/lib/libmemgov.so";

std::string Checked(Settings settings) { return std::string(CheckSettings(settings).message()); }

Settings Budget(const std::string& text) {
  Settings settings;
  settings.budget = text;
  return settings;
}

TEST(Settings, BudgetsAsTheObjectReadsThem) {
  for (const char* good : {"auto", "off", "16M", "512m", "90%", "1G"}) EXPECT_EQ(Checked(Budget(good)), "");
  for (const char* bad : {"", "0", "-1", "12X", "0%", "101%", "1M", "1.5G"}) {
    EXPECT_THAT(Checked(Budget(bad)), AllOf(HasSubstr("--budget"), HasSubstr(bad), HasSubstr("auto, off")));
  }
}

TEST(Settings, PoolsAndEngines) {
  Settings settings;
  settings.pools = "tokio-*=io:512M;parse-*=json";
  settings.engine = "system";
  EXPECT_EQ(Checked(settings), "");
  settings.pools = "tokio";
  EXPECT_THAT(Checked(settings), HasSubstr("--pools tokio: allowed is glob=pool"));
  settings.engine = "jemalloc";
  EXPECT_THAT(Checked(settings), HasSubstr("--engine jemalloc: allowed is arena|mimalloc|system"));
}

TEST(Settings, PrependsToWhatIsThere) {
  const auto preload = [](const std::string& before) {
    return ValueOf(WithMemgov({"LD_PRELOAD=" + before}, kObject, {}), "LD_PRELOAD");
  };
  EXPECT_EQ(ValueOf(WithMemgov({}, kObject, {}), "LD_PRELOAD"), kObject);
  EXPECT_EQ(preload("/a.so /b.so"), "/usr/lib/libmemgov.so:/a.so:/b.so");
  EXPECT_EQ(preload("/a.so:/usr/lib/libmemgov.so"), "/usr/lib/libmemgov.so:/a.so");
  EXPECT_EQ(preload(" : "), kObject);
}

TEST(Settings, VariablesOfTheObject) {
  Settings settings;
  settings.engine = "arena";
  settings.budget = "300M";
  settings.pools = "a=b";
  settings.summary = true;
  const Environment environment = WithMemgov(
      {"HOME=/", "MEMGOV_BUDGET=1G", "MEMGOV_LIBRARY_DIR=/x", "LD_PRELOADED=1"}, kObject, settings);
  EXPECT_THAT(environment,
              ::testing::UnorderedElementsAre("HOME=/", "LD_PRELOADED=1", "LD_PRELOAD=/usr/lib/libmemgov.so",
                                              "MEMGOV_ENGINE=arena", "MEMGOV_BUDGET=300M", "MEMGOV_POOLS=a=b",
                                              "MEMGOV_SUMMARY=1"));
}

TEST(Settings, WithoutMemgovKeepsTheRest) {
  EXPECT_THAT(WithoutMemgov({"A=1", "LD_PRELOAD=/x/libmemgov-system.so:/j.so"}),
              ::testing::ElementsAre("A=1", "LD_PRELOAD=/j.so"));
  EXPECT_THAT(WithoutMemgov({"LD_PRELOAD=/x/libmemgov.so"}), ::testing::ElementsAre());
}

}  // namespace
}  // namespace memgov::cli
