#include "governor/pressure/line_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "governor/base/os.h"
#include "random.h"
#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

using Lines = std::vector<std::string>;

class LineReaderTest : public testing::Test {
 protected:
  // Read with a buffer of exactly this size, which AddressSanitizer guards.
  Lines Read(const std::string& text, size_t capacity) {
    tree_.Write("/file", text);
    std::vector<char> buffer(capacity);
    LineReader reader(tree_.Path("/file").c_str(), buffer.data(), capacity);
    EXPECT_TRUE(reader.IsOpen());
    Lines lines;
    while (const char* line = reader.Next()) lines.emplace_back(line);
    return lines;
  }

  FixtureTree tree_;
};

TEST_F(LineReaderTest, GivesEveryLine) {
  EXPECT_EQ(Read("", 8), Lines{});
  EXPECT_EQ(Read("a\n", 8), Lines{"a"});
  EXPECT_EQ(Read("a", 8), Lines{"a"});
  EXPECT_EQ(Read("\n\nb", 8), (Lines{"", "", "b"}));
  EXPECT_EQ(Read("abc\ndefgh\ni\n", 8), (Lines{"abc", "defgh", "i"}));
}

TEST_F(LineReaderTest, LeavesOutWhatDoesNotFit) {
  EXPECT_EQ(Read("ab\n1234567\ncd\n", 8), (Lines{"ab", "cd"}));
  EXPECT_EQ(Read("ab\n123456\ncd\n", 8), (Lines{"ab", "123456", "cd"}));
  EXPECT_EQ(Read("0123456789012345678901234567890123456789\ncd\n", 8), Lines{"cd"});
  EXPECT_EQ(Read("cd\n0123456789012345678901234567890123456789", 8), Lines{"cd"});
}

TEST_F(LineReaderTest, IsRightForAnyMixOfLengths) {
  Random random(11);
  constexpr size_t kCapacity = 32;
  for (int round = 0; round < 300; ++round) {
    std::string text;
    Lines expected;
    for (uint64_t left = random.Below(40); left > 0; --left) {
      const std::string line(random.Below(random.Below(8) == 0 ? 200 : kCapacity - 1),
                             static_cast<char>('a' + left % 26));
      text += line + "\n";
      if (line.size() + 2 <= kCapacity) expected.push_back(line);
    }
    ASSERT_EQ(Read(text, kCapacity), expected) << text;
  }
}

TEST_F(LineReaderTest, GivesNoHalfLineAfterAnError) {
  tree_.Write("/file", "abc 12\nabc 3456\n");
  char buffer[12];
  LineReader reader(tree_.Path("/file").c_str(), buffer, sizeof buffer);
  EXPECT_STREQ(reader.Next(), "abc 12");
  os::FailNth(os::Call::kRead, 1, false);
  EXPECT_EQ(reader.Next(), nullptr);
}

TEST_F(LineReaderTest, MissingFilesHaveNoLines) {
  char buffer[12];
  LineReader missing(tree_.Path("/none").c_str(), buffer, sizeof buffer);
  EXPECT_FALSE(missing.IsOpen());
  EXPECT_EQ(missing.Next(), nullptr);
  LineReader folder(tree_.root(), buffer, sizeof buffer);
  EXPECT_EQ(folder.Next(), nullptr);
}

}  // namespace
}  // namespace memgov
