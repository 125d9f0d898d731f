#include "governor/cli/launch/command_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using ::testing::ElementsAre;

TEST(CommandWords, BehindTheFirstDashesAsTheyAre) {
  const auto words =
      CommandWords({"memgov", "run", "--", "sh", "-c", "[ -f x ]", "--", ""}, {"sh", "-c"}, {"--"});
  ASSERT_TRUE(words.ok());
  EXPECT_THAT(*words, ElementsAre("sh", "-c", "[ -f x ]", "--", ""));
}

TEST(CommandWords, NothingBehindThem) {
  EXPECT_TRUE(absl::IsInvalidArgument(CommandWords({"memgov", "run", "--"}, {}, {"--"}).status()));
}

TEST(CommandWords, WithoutDashesOnlyPlainWords) {
  const auto words = CommandWords({"memgov", "run", "ls", "/tmp"}, {"ls", "/tmp"}, {});
  ASSERT_TRUE(words.ok());
  EXPECT_THAT(*words, ElementsAre("ls", "/tmp"));
  EXPECT_TRUE(
      absl::IsInvalidArgument(CommandWords({"memgov", "run", "ls", "[a,b]"}, {"ls", "a", "b"}, {}).status()));
}

TEST(CommandWords, OptionsThatAreNotThere) {
  const auto why = [](const std::vector<std::string>& arguments, const std::string& unknown) {
    return std::string(CommandWords(arguments, {"ls"}, {unknown, "--"}).status().message());
  };
  EXPECT_EQ(why({"memgov", "run", "ls", "-la\n"}, "-la\n"),
            "The following argument was not expected: -la\\x0a (put -- before the command)");
  EXPECT_EQ(why({"memgov", "run", "--bugdet", "--", "ls"}, "--bugdet"),
            "The following argument was not expected: --bugdet");
}

TEST(CommandWords, OwnArguments) { EXPECT_FALSE(OwnArguments().empty()); }

}  // namespace
}  // namespace memgov::cli
