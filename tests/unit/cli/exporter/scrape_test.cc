#include "governor/cli/exporter/scrape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture_machine.h"

namespace memgov::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

Governed SomeProcess(int pid, const std::string& command) {
  Governed process;
  process.pid = pid;
  process.reading.command = command;
  process.reading.version = "0.1.0";
  process.reading.engine = "arena";
  process.reading.started_s = 1'700'000'000;
  process.reading.wall_clock_ns = 1;
  process.reading.names = {{"memgov_live_bytes", "", Unit::kBytes, false}};
  process.reading.values = {static_cast<uint64_t>(pid)};
  return process;
}

class ScrapeTest : public testing::Test {
 protected:
  ScrapeTest() { options_.root = machine_.root(); }
  Scrape Take(std::vector<std::string> problems = {}) {
    return ScrapeOf(processes_, std::move(problems), options_, 0);
  }
  void Start(int pid, const std::string& command) {
    machine_.AddProcess(pid);
    processes_.push_back(SomeProcess(pid, command));
  }

  FixtureMachine machine_;
  ScrapeOptions options_;
  std::vector<Governed> processes_;
};

TEST_F(ScrapeTest, TwoOfTheSameCommandDifferByPid) {
  Start(7, "/usr/bin/gateway");
  Start(8, "/usr/bin/gateway");
  const Scrape scrape = Take();
  EXPECT_EQ(scrape.processes, 2U);
  EXPECT_THAT(scrape.text, HasSubstr("memgov_live_bytes{pid=\"7\",command=\"/usr/bin/gateway\"} 7\n"
                                     "memgov_live_bytes{pid=\"8\",command=\"/usr/bin/gateway\"} 8\n"));
}

TEST_F(ScrapeTest, InfoJoinsTheProcessWithItsCgroup) {
  machine_.AddCgroup();
  Start(7, "gateway");
  const std::string directory = machine_.root() + "/sys/fs/cgroup/pod";
  const std::string text = Take().text;
  EXPECT_THAT(
      text,
      HasSubstr("memgov_info{pid=\"7\",command=\"gateway\",version=\"0.1.0\",engine=\"arena\",cgroup=\"" +
                directory + "\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("memgov_cgroup_memory_usage_bytes{cgroup=\"" + directory + "\"} 1048576\n"));
  EXPECT_THAT(text,
              HasSubstr("memgov_governor_start_time_seconds{pid=\"7\",command=\"gateway\"} 1700000000\n"));
}

TEST_F(ScrapeTest, OneThatEndedMeanwhileIsNotThere) {
  Start(7, "gateway");
  Start(8, "gateway");
  machine_.Remove("proc/7");
  const Scrape scrape = Take();
  EXPECT_EQ(scrape.processes, 1U);
  EXPECT_THAT(scrape.text, Not(HasSubstr("pid=\"7\"")));
}

TEST_F(ScrapeTest, FiltersAreGlobsOfTheCommandOrItsName) {
  Start(7, "/usr/sbin/nginx");
  Start(8, "python3");
  Start(9, "redis-server");
  options_.filters = {"nginx", "redis*"};
  const Scrape scrape = Take();
  EXPECT_EQ(scrape.processes, 2U);
  EXPECT_THAT(scrape.text, Not(HasSubstr("python3")));
  EXPECT_TRUE(MatchesAny({"/usr/*/nginx"}, "/usr/sbin/nginx"));
  EXPECT_TRUE(MatchesAny({}, ""));
  EXPECT_FALSE(MatchesAny({"nginx"}, "/usr/sbin/nginx-debug"));
}

TEST_F(ScrapeTest, SaysHowItWentItself) {
  Start(7, "gateway");
  const Scrape scrape = Take({"one", "two"});
  EXPECT_THAT(scrape.text,
              HasSubstr("# TYPE memgov_exporter_processes gauge\nmemgov_exporter_processes 1\n"));
  EXPECT_THAT(scrape.text, HasSubstr("memgov_exporter_unreadable 2\n"));
  EXPECT_THAT(scrape.text, ContainsRegex("memgov_exporter_scrape_duration_seconds [0-9.]+\n"));
  EXPECT_EQ(scrape.problems.size(), 2U);
}

TEST_F(ScrapeTest, NobodyThereIsAPageAsWell) {
  const Scrape scrape = Take();
  EXPECT_THAT(scrape.text, HasSubstr("memgov_exporter_processes 0\n"));
}

}  // namespace
}  // namespace memgov::cli
