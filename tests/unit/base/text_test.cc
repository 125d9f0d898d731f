#include "governor/base/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "random.h"

namespace memgov {
namespace {

struct GlobCase {
  const char* pattern;
  const char* text;
  bool matches;
};
constexpr GlobCase kGlobs[] = {{"", "", true},
                               {"", "a", false},
                               {"*", "", true},
                               {"*", "anything", true},
                               {"?", "", false},
                               {"?", "a", true},
                               {"??", "a", false},
                               {"abc", "abc", true},
                               {"abc", "abcd", false},
                               {"abc", "ab", false},
                               {"tokio-*", "tokio-1", true},
                               {"tokio-*", "tokio-", true},
                               {"tokio-*", "tokio", false},
                               {"*-io", "a-io-io", true},
                               {"*-io", "a-io-", false},
                               {"a*b*c", "aXbYbZc", true},
                               {"a*b*c", "aXbYbZ", false},
                               {"**a**", "xxaxx", true},
                               {"a?c", "abc", true},
                               {"a?c", "ac", false},
                               {"[ab]", "a", false},
                               {"[ab]", "[ab]", true},
                               {"*?", "", false},
                               {"*?", "x", true}};

TEST(GlobMatchTest, Table) {
  for (const GlobCase& one : kGlobs) {
    EXPECT_EQ(GlobMatch(one.pattern, one.text), one.matches) << one.pattern << " on " << one.text;
  }
}

// Backtracking over every star would take longer than the universe lasts.
TEST(GlobMatchTest, ManyStarsAgainstALongTextEnd) {
  std::string pattern;
  for (int star = 0; star < 100; ++star) pattern += "a*";
  const std::string text(20000, 'a');
  EXPECT_FALSE(GlobMatch((pattern + "b").c_str(), text.c_str()));
  EXPECT_TRUE(GlobMatch((pattern + "*").c_str(), text.c_str()));
}

// The textbook definition, slow and plain.
bool GlobByDefinition(const std::string& pattern, const std::string& text) {
  std::vector<std::vector<bool>> match(pattern.size() + 1, std::vector<bool>(text.size() + 1, false));
  match[0][0] = true;
  for (size_t p = 1; p <= pattern.size(); ++p) {
    const char c = pattern[p - 1];
    match[p][0] = c == '*' && match[p - 1][0];
    for (size_t t = 1; t <= text.size(); ++t) {
      match[p][t] = c == '*' ? match[p - 1][t] || match[p][t - 1]
                             : match[p - 1][t - 1] && (c == '?' || c == text[t - 1]);
    }
  }
  return match[pattern.size()][text.size()];
}

std::string RandomText(Random& random, const char* alphabet, size_t most) {
  const std::string letters(alphabet);
  std::string text(random.Below(most + 1), ' ');
  for (char& c : text) c = letters[random.Below(letters.size())];
  return text;
}

TEST(GlobMatchTest, AgreesWithItsDefinitionOnRandomTexts) {
  Random random(1);
  int matches = 0;
  for (int round = 0; round < 50000; ++round) {
    const std::string pattern = RandomText(random, "ab*?", 8);
    const std::string text = RandomText(random, "ab", 10);
    const bool expected = GlobByDefinition(pattern, text);
    matches += expected;
    ASSERT_EQ(GlobMatch(pattern.c_str(), text.c_str()), expected) << pattern << " on " << text;
  }
  EXPECT_GT(matches, 1000);
}

struct DigitsCase {
  const char* text;
  bool good;
  uint64_t value;
  const char* rest;
};
constexpr DigitsCase kDigits[] = {{"0", true, 0, ""},
                                  {"007", true, 7, ""},
                                  {"12ab", true, 12, "ab"},
                                  {"18446744073709551615", true, UINT64_MAX, ""},
                                  {"18446744073709551616", false, 0, ""},
                                  {"99999999999999999999", false, 0, ""},
                                  {"184467440737095516150", false, 0, ""},
                                  {"", false, 0, ""},
                                  {"x", false, 0, ""},
                                  {"-1", false, 0, ""},
                                  {"+1", false, 0, ""},
                                  {" 1", false, 0, ""}};

TEST(ParseDigitsTest, Table) {
  for (const DigitsCase& one : kDigits) {
    uint64_t value = 4711;
    const char* rest = ParseDigits(one.text, &value);
    ASSERT_EQ(rest != nullptr, one.good) << one.text;
    EXPECT_EQ(value, one.good ? one.value : 4711) << one.text;
    if (one.good) {
      EXPECT_STREQ(rest, one.rest);
    }
  }
}

TEST(TextTest, EqualAndPrefix) {
  EXPECT_TRUE(TextEqual("", ""));
  EXPECT_TRUE(TextEqual("abc", "abc"));
  EXPECT_FALSE(TextEqual("abc", "abcd"));
  EXPECT_FALSE(TextEqual("abcd", "abc"));
  EXPECT_STREQ(SkipPrefix("abcd", "ab"), "cd");
  EXPECT_STREQ(SkipPrefix("ab", ""), "ab");
  EXPECT_STREQ(SkipPrefix("ab", "ab"), "");
  EXPECT_EQ(SkipPrefix("a", "ab"), nullptr);
  EXPECT_EQ(TextLength(""), 0U);
  EXPECT_EQ(TextLength("four"), 4U);
}

TEST(CopyTextTest, CutsAtCapacityAtTheEndAndAtTheNul) {
  char out[5];
  CopyText(out, sizeof out, "abcdefgh", nullptr);
  EXPECT_STREQ(out, "abcd");
  const char* text = "abc";
  CopyText(out, sizeof out, text, text + 2);
  EXPECT_STREQ(out, "ab");
  CopyText(out, sizeof out, text, text);
  EXPECT_STREQ(out, "");
  CopyText(out, 1, text, nullptr);
  EXPECT_STREQ(out, "");
}

}  // namespace
}  // namespace memgov
