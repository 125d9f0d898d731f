#include "governor/cli/show/process_row.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "governor/cli/show/ps.h"
#include "unit/cli/show/readings.h"

namespace memgov::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<int> PidsBy(std::vector<ProcessRow> rows, const char* key) {
  EXPECT_TRUE(SortRows(rows, key)) << key;
  std::vector<int> pids;
  for (const ProcessRow& row : rows) pids.push_back(row.pid);
  return pids;
}

std::vector<ProcessRow> ThreeRows() {
  std::vector<ProcessRow> rows = {ExampleRow(3, "c", 10), ExampleRow(1, "b", 30), ExampleRow(2, "a", 20)};
  rows[0].hard_bytes = 100;
  rows[0].charged_bytes = 90;
  rows[1].dirty_bytes = 5;
  rows[2].rung = 2;
  return rows;
}

TEST(SortRows, PutsTheMostFirst) {
  EXPECT_THAT(PidsBy(ThreeRows(), "rss"), ElementsAre(1, 2, 3));
  EXPECT_THAT(PidsBy(ThreeRows(), "pid"), ElementsAre(1, 2, 3));
  EXPECT_THAT(PidsBy(ThreeRows(), "command"), ElementsAre(2, 1, 3));
  EXPECT_THAT(PidsBy(ThreeRows(), "rung").front(), 2);
  EXPECT_THAT(PidsBy(ThreeRows(), "budget").front(), 3);
  EXPECT_THAT(PidsBy(ThreeRows(), "dirty").front(), 1) << "none is less than any";
}

TEST(SortRows, KnowsItsKeysAndNoOther) {
  std::vector<ProcessRow> rows = ThreeRows();
  for (const std::string& key : SortKeys()) EXPECT_TRUE(SortRows(rows, key));
  EXPECT_FALSE(SortRows(rows, "colour"));
}

TEST(RowOf, HasTheKernelsRssOverTheReadings) {
  Governed process;
  process.pid = getpid();
  process.reading = ExampleReading();
  UserNames users;
  const ProcessRow row = RowOf(process, Proc(), users, Clocks::Now(), true);
  EXPECT_NE(row.resident_bytes, process.reading.Value("resident_bytes"));
  EXPECT_GT(row.proportional_bytes.value_or(0), 0u);
  EXPECT_EQ(row.held_bytes, uint64_t{100} << 20);
  EXPECT_EQ(row.state, 'R');
  EXPECT_FALSE(row.dirty_bytes.has_value());
  EXPECT_EQ(BudgetText(row), "50% of 300.0 MB");
}

TEST(RowOf, HasTheReadingsRssOfAProcessThatIsGone) {
  Governed process;
  process.pid = 0x7ffffffe;
  process.reading = ExampleReading();
  UserNames users;
  EXPECT_EQ(RowOf(process, Proc(), users, Clocks::Now(), true).resident_bytes, uint64_t{120} << 20);
}

TEST(CountPools, LeavesOutEmptyOnesAndMemgovs) {
  Reading reading = ExampleReading();
  reading.pools.push_back({"unresolved", {0, 0, 0, 0}});
  reading.pools.push_back({"memgov", {1, 4096, 4096, 0}});
  EXPECT_EQ(CountPools(reading), 2u);
  reading.pools.push_back({"starting", {1, 0, 0, 0}});
  reading.pools.push_back({"ended", {0, 0, 4096, 0}});
  EXPECT_EQ(CountPools(reading), 4u);
}

TEST(UserNames, HasTheNumberOfWhoHasNoName) {
  UserNames users;
  EXPECT_EQ(users.Of(0), "root");
  EXPECT_EQ(users.Of(3999999), "3999999");
}

TEST(Cells, SayWhatGoesOn) {
  ProcessRow row = ExampleRow(1, "/usr/bin/\x1b[2Jx", 0);
  EXPECT_EQ(CommandCell(row.command), "\\x1b[2Jx");
  EXPECT_EQ(CommandCell("nginx:"), "nginx:");
  EXPECT_EQ(CommandCell("/odd/"), "/odd/");
  EXPECT_EQ(RungCell(row), "normal");
  row.rung = 7;
  EXPECT_EQ(RungCell(row), "7");
  row.state = 'T';
  EXPECT_EQ(RungCell(row), "stopped");
  row.charged_bytes = 2048;
  EXPECT_EQ(BudgetText(row), "2.0 KB of -");
}

TEST(Ps, HasPssOnlyWhereItIsAskedFor) {
  std::ostringstream without;
  PrintPs(ThreeRows(), false, 0, without);
  EXPECT_THAT(without.str(), Not(HasSubstr("PSS")));
  std::ostringstream with;
  PrintPs(ThreeRows(), true, 0, with);
  EXPECT_THAT(with.str(), HasSubstr("PSS"));
}

TEST(Ps, FitsNarrowTerminals) {
  for (const int width : {20, 40, 80}) {
    std::ostringstream out;
    PrintPs(ThreeRows(), false, width, out);
    std::istringstream lines(out.str());
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(line.size(), static_cast<size_t>(width)) << line;
    EXPECT_THAT(out.str(), HasSubstr("RSS")) << width;
  }
}

TEST(Ps, JsonHasNumbersAndNull) {
  const Json json = PsJson(ThreeRows(), {"one file is damaged"});
  EXPECT_EQ(json["processes"].size(), 3u);
  EXPECT_EQ(json["processes"][0]["hard_budget_bytes"], 100);
  EXPECT_TRUE(json["processes"][1]["hard_budget_bytes"].is_null());
  EXPECT_TRUE(json["processes"][0]["dirty_bytes"].is_null());
  EXPECT_EQ(json["processes"][2]["rung"], "hard");
  EXPECT_EQ(json["problems"][0], "one file is damaged");
}

}  // namespace
}  // namespace memgov::cli
