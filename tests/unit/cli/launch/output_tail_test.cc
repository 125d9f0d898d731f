#include "governor/cli/launch/output_tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace memgov::cli {
namespace {

using ::testing::ElementsAre;

void Say(OutputTail& tail, const std::string& text) {
  ASSERT_EQ(write(tail.for_command(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

TEST(OutputTail, TheLastLines) {
  OutputTail tail;
  Say(tail, "one\ntwo\n\nthree\nfour");
  tail.Take();
  EXPECT_THAT(tail.LastLines(2), ElementsAre("three", "four"));
  EXPECT_THAT(tail.LastLines(9), ElementsAre("one", "two", "three", "four"));
}

TEST(OutputTail, TakesWithoutWaitingAndKeepsLittle) {
  OutputTail tail;
  tail.Take();
  for (int round = 0; round < 100; ++round) {
    Say(tail, std::string(5000, 'x') + "\n");
    tail.Take();
  }
  ASSERT_EQ(tail.LastLines(9).size(), 1U);
  EXPECT_LE(tail.LastLines(9)[0].size(), 4096U);
}

TEST(OutputTail, EndsWithTheCommand) {
  OutputTail tail;
  Say(tail, "last\n");
  tail.CommandHasIt();
  tail.Take();
  EXPECT_THAT(tail.LastLines(1), ElementsAre("last"));
  EXPECT_EQ(tail.descriptor(), -1);
}

}  // namespace
}  // namespace memgov::cli
