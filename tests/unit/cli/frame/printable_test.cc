#include <gtest/gtest.h>

#include <random>

#include "governor/cli/frame/output.h"
#include "governor/cli/frame/utf8.h"

namespace memgov::cli {
namespace {

TEST(Printable, LeavesTextAlone) {
  EXPECT_EQ(Printable("parse-pool"), "parse-pool");
  EXPECT_EQ(Printable("grün 日本 😀"), "grün 日本 😀");
  EXPECT_EQ(Printable(""), "");
}

TEST(Printable, SpellsOutWhatMovesTheCursor) {
  EXPECT_EQ(Printable("a\x1b[2Jb\n\r\t\x7f"), "a\\x1b[2Jb\\x0a\\x0d\\x09\\x7f");
  EXPECT_EQ(Printable(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "2J"),
            "\\xc2\\x9b2J")
      << "C1's CSI";
}

TEST(Printable, SpellsOutWhatHidesOrTurnsText) {
  EXPECT_EQ(Printable("\u202Eroot"), "\\xe2\\x80\\xaeroot");
  EXPECT_EQ(Printable("a\u200Bb"), "a\\xe2\\x80\\x8bb");
  EXPECT_EQ(Printable("\uFEFF"), "\\xef\\xbb\\xbf");
}

TEST(Printable, SpellsOutWhatIsNoUtf8) {
  EXPECT_EQ(Printable("\xff"), "\\xff");
  EXPECT_EQ(Printable("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond Unicode";
  EXPECT_EQ(Printable("a\xe2\x82"), "a\\xe2\\x82") << "cut short";
}

TEST(Printable, OfAnyBytesIsUtf8WithoutControls) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 20, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const std::string shown = Printable(bytes);
    for (std::string_view rest = shown; !rest.empty();) {
      char32_t character = 0;
      const size_t size = DecodeUtf8(rest, &character);
      ASSERT_GT(size, 0u);
      ASSERT_TRUE(character >= 0x20 && character != 0x7F && !(character >= 0x80 && character < 0xA0));
      rest.remove_prefix(size);
    }
  }
}

TEST(Cells, CountsWideAndCombining) {
  EXPECT_EQ(CellsOf(std::string_view("abc")), 3);
  EXPECT_EQ(CellsOf(std::string_view("日本")), 4);
  EXPECT_EQ(CellsOf(std::string_view("e\u0301")), 1);
  EXPECT_EQ(CellsOf(std::string_view("█▏")), 2);
}

TEST(Cells, CutsWholeCharacters) {
  EXPECT_EQ(CutToCells("abcdef", 6, "…"), "abcdef");
  EXPECT_EQ(CutToCells("abcdef", 4, "…"), "abc…");
  EXPECT_EQ(CutToCells("日本語", 4, "…"), "日…");
  EXPECT_EQ(CutToCells("abc", 1, "…"), "…");
  EXPECT_EQ(CutToCells("abc", 0, "…"), "");
}

}  // namespace
}  // namespace memgov::cli
