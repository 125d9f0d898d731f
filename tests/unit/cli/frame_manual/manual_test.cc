#include "governor/cli/frame/manual.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

CommandText Tree() {
  CommandText stat{.name = "stat",
                   .summary = "All figures",
                   .hidden = false,
                   .options = {},
                   .arguments = {},
                   .commands = {}};
  stat.options.push_back({.names = {"-n", "--count"},
                          .value = "COUNT",
                          .default_text = "3",
                          .help = "'quoted' \\ back-slash",
                          .choices = {},
                          .required = false,
                          .repeated = false});
  stat.arguments.push_back({.names = {},
                            .value = "PID",
                            .default_text = "",
                            .help = "Which",
                            .choices = {},
                            .required = true,
                            .repeated = false});
  CommandText hidden{
      .name = "ghost", .summary = "None", .hidden = true, .options = {}, .arguments = {}, .commands = {}};
  return {.name = "memgov",
          .summary = "A tool",
          .hidden = false,
          .options = {},
          .arguments = {},
          .commands = {stat, hidden}};
}

TEST(Roff, EscapesWhatTroffWouldTake) {
  EXPECT_EQ(Roff("a-b \\n \"c\""), "a\\-b \\en \\(dqc\\(dq");
  EXPECT_EQ(Roff(".SH x"), "\\&.SH x");
  EXPECT_EQ(Roff("a\n'b"), "a\n\\&'b");
  EXPECT_EQ(Roff("a.b"), "a.b");
}

TEST(ManualPage, HasCommandsOptionsVariablesAndCodes) {
  const std::string page =
      ManualPage(Tree(), {{"MEMGOV_THP", "0", "0 or 1", "ask for huge pages", true}}, "1.2.3");
  EXPECT_THAT(page, HasSubstr(".TH MEMGOV 1 \"\" \"memgov 1.2.3\""));
  EXPECT_THAT(page, HasSubstr(".SS stat\n.B memgov stat\n[\\fIoptions\\fR]\n\\fIPID\\fR\n"));
  EXPECT_THAT(
      page,
      HasSubstr(
          "\\fB\\-n\\fR, \\fB\\-\\-count\\fR \\fICOUNT\\fR\n\\&'quoted' \\e back\\-slash. Default: 3."));
  EXPECT_THAT(page, HasSubstr("\\fBMEMGOV_THP\\fR\nask for huge pages.\nAllowed: 0 or 1. Default: 0."));
  EXPECT_THAT(page, HasSubstr("memgov set"));
  EXPECT_THAT(page, HasSubstr(".B 127\n"));
  EXPECT_THAT(page, Not(HasSubstr("ghost")));
}

// The enumeration is in a header, its meanings in a table: neither may have more than the other.
TEST(ExitCodes, AllOfTheHeaderHaveAMeaning) {
  std::ifstream header(MEMGOV_SOURCE_DIR "/governor/cli/frame/exit_codes.h");
  const std::string text((std::istreambuf_iterator<char>(header)), std::istreambuf_iterator<char>());
  const std::regex entry("k[A-Z][A-Za-z]* = ([0-9]+),");
  std::set<int> declared;
  for (std::sregex_iterator match(text.begin(), text.end(), entry), end; match != end; ++match) {
    declared.insert(std::stoi((*match)[1]));
  }
  std::set<int> described;
  for (const ExitCodeText& code : ExitCodeTexts()) described.insert(code.code);
  EXPECT_GE(declared.size(), 8u);
  EXPECT_EQ(declared, described);
}

}  // namespace
}  // namespace memgov::cli
