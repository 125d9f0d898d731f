#include "governor/cli/launch/command_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using ::testing::ElementsAre;

TEST(CommandWords, BehindTheFirstDashesAsTheyAre) {
  const auto words = CommandWords({"memgov", "run", "--", "sh", "-c", "[ -f x ]", "--", ""}, {"sh", "-c"});
  ASSERT_TRUE(words.ok());
  EXPECT_THAT(*words, ElementsAre("sh", "-c", "[ -f x ]", "--", ""));
}

TEST(CommandWords, NothingBehindThem) {
  EXPECT_TRUE(absl::IsInvalidArgument(CommandWords({"memgov", "run", "--"}, {}).status()));
}

TEST(CommandWords, WithoutDashesOnlyPlainWords) {
  const auto words = CommandWords({"memgov", "run", "ls", "/tmp"}, {"ls", "/tmp"});
  ASSERT_TRUE(words.ok());
  EXPECT_THAT(*words, ElementsAre("ls", "/tmp"));
  EXPECT_TRUE(
      absl::IsInvalidArgument(CommandWords({"memgov", "run", "ls", "[a,b]"}, {"ls", "a", "b"}).status()));
}

TEST(CommandWords, OwnArguments) { EXPECT_FALSE(OwnArguments().empty()); }

}  // namespace
}  // namespace memgov::cli
