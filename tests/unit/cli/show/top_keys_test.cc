#include "governor/cli/show/top_keys.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "governor/cli/show/process_row.h"

namespace memgov::cli {
namespace {

std::vector<KeyKind> Kinds(std::string_view bytes) {
  std::vector<KeyKind> kinds;
  for (const Key& key : ParseKeys(bytes)) kinds.push_back(key.kind);
  return kinds;
}

TEST(Keys, LettersSort) {
  const std::vector<Key> keys = ParseKeys("mlhprbt");
  ASSERT_EQ(keys.size(), 7u);
  std::vector<ProcessRow> rows;
  for (const Key& key : keys) {
    EXPECT_EQ(key.kind, KeyKind::kSort);
    EXPECT_TRUE(SortRows(rows, key.sort)) << key.sort;
  }
  EXPECT_STREQ(keys[0].sort, "rss");
  EXPECT_STREQ(keys[2].sort, "held");
}

TEST(Keys, ArrowsOfBothForms) {
  EXPECT_EQ(Kinds("\x1b[A\x1b[B\x1bOA\x1bOB"),
            (std::vector{KeyKind::kUp, KeyKind::kDown, KeyKind::kUp, KeyKind::kDown}));
  EXPECT_EQ(Kinds("kj"), (std::vector{KeyKind::kUp, KeyKind::kDown}));
  EXPECT_EQ(Kinds("\x1b[5~\x1b[6~"), (std::vector{KeyKind::kPageUp, KeyKind::kPageDown}));
}

TEST(Keys, QuitIsOnlyTheLetter) {
  EXPECT_EQ(Kinds("q"), std::vector{KeyKind::kQuit});
  EXPECT_EQ(Kinds("\x1b[1;5q"), std::vector<KeyKind>{}) << "a sequence as a whole";
}

TEST(Keys, WhatMeansNothingIsLeftOut) {
  EXPECT_EQ(Kinds("xyz \n\x01\xff\x1b\x1b["), std::vector<KeyKind>{});
  EXPECT_EQ(Kinds("\x1b[200~q"), std::vector{KeyKind::kQuit}) << "what follows a sequence counts";
  std::mt19937 random(5);
  for (int round = 0; round < 1000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_LE(ParseKeys(bytes).size(), bytes.size());
  }
}

}  // namespace
}  // namespace memgov::cli
