#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <sstream>

#include "governor/cli/frame/output.h"
#include "governor/cli/frame/utf8.h"

namespace memgov::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class TableTest : public testing::Test {
 protected:
  void SetUp() override { setenv("LC_ALL", "C.UTF-8", 1); }
  void TearDown() override { unsetenv("LC_ALL"); }

  static Table Example() {
    Table table({{.title = "PID"},
                 {.title = "COMMAND", .align = Align::kLeft},
                 {.title = "RSS"},
                 {.title = "LIVE", .drop_order = 1},
                 {.title = "AGE", .drop_order = 2}});
    table.AddRow({"7", "a-long-command-name", "12.0 MB", "1.0 MB", "3 s"});
    table.AddRow({"12345", "sh", "1.0 MB", "512 B", "12 s"});
    return table;
  }
};

TEST_F(TableTest, IsAsWideAsWhatIsInIt) {
  EXPECT_THAT(Example().Lines(0), ElementsAre("  PID  COMMAND                  RSS    LIVE   AGE",
                                              "    7  a-long-command-name  12.0 MB  1.0 MB   3 s",
                                              "12345  sh                    1.0 MB   512 B  12 s"));
}

TEST_F(TableTest, CutsTheNameBeforeAnyColumnGoes) {
  EXPECT_THAT(Example().Lines(38),
              ElementsAre("  PID  COMMAND       RSS    LIVE   AGE", "    7  a-long-…  12.0 MB  1.0 MB   3 s",
                          "12345  sh         1.0 MB   512 B  12 s"));
}

TEST_F(TableTest, DropsTheHighestNumberFirst) {
  const auto lines = Example().Lines(36);
  EXPECT_THAT(lines[0], Not(HasSubstr("AGE")));
  EXPECT_THAT(lines[0], HasSubstr("LIVE"));
  EXPECT_THAT(Example().Lines(26)[0], Not(HasSubstr("LIVE")));
}

TEST_F(TableTest, NeverIsWiderThanTheTerminal) {
  for (int width = 1; width < 60; ++width) {
    for (const std::string& line : Example().Lines(width)) EXPECT_LE(CellsOf(line), width) << line;
  }
}

TEST_F(TableTest, TakesWideCharactersForTwoCells) {
  Table table({{.title = "POOL", .align = Align::kLeft}, {.title = "N"}});
  table.AddRow({"日本語", "1"});
  EXPECT_THAT(table.Lines(0), ElementsAre("POOL    N", "日本語  1"));
}

TEST_F(TableTest, PrintsItsLines) {
  std::ostringstream out;
  Table table({{.title = "A"}});
  table.Print(out, 0);
  EXPECT_EQ(out.str(), "A\n");
}

TEST_F(TableTest, HasAnotherMarkWithoutUtf8) {
  setenv("LC_ALL", "C", 1);
  EXPECT_THAT(Example().Lines(38)[1], HasSubstr("a-long-~"));
}

TEST(Bar, IsBoundedWhateverItIsGiven) {
  EXPECT_EQ(Bar(0, 4, true), "    ");
  EXPECT_EQ(Bar(1, 4, true), "████");
  EXPECT_EQ(Bar(0.5, 4, true), "██  ");
  EXPECT_EQ(Bar(0.53125, 4, true), "██▏ ");
  EXPECT_EQ(Bar(0.5, 4, false), "##..");
  EXPECT_EQ(Bar(-1, 2, false), "..");
  EXPECT_EQ(Bar(1e300, 2, false), "##");
  EXPECT_EQ(Bar(std::numeric_limits<double>::quiet_NaN(), 2, false), "..");
  for (int eighths = 0; eighths <= 64; ++eighths) EXPECT_EQ(CellsOf(Bar(eighths / 64.0, 8, true)), 8);
}

TEST(Terminal, NamesUtf8ByTheFirstVariableThatIsSet) {
  unsetenv("LC_ALL");
  unsetenv("LC_CTYPE");
  setenv("LANG", "de_DE.UTF-8", 1);
  EXPECT_TRUE(TerminalIsUtf8());
  setenv("LC_CTYPE", "C", 1);
  EXPECT_FALSE(TerminalIsUtf8());
  setenv("LC_ALL", "C.utf8", 1);
  EXPECT_TRUE(TerminalIsUtf8());
}

}  // namespace
}  // namespace memgov::cli
