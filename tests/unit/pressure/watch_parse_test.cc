#include <gtest/gtest.h>

#include <string>

#include "governor/pressure/watch.h"

namespace memgov {
namespace {

TEST(WatchParseTest, PsiTotals) {
  uint64_t total = 0;
  EXPECT_TRUE(
      ParsePsiTotal("some avg10=0.12 avg60=0.00 avg300=0.00 total=1234\n"
                    "full avg10=0.00 avg60=0.00 avg300=0.00 total=99\n",
                    &total));
  EXPECT_EQ(total, 1234U);
  EXPECT_TRUE(ParsePsiTotal("some total=0", &total));
  EXPECT_EQ(total, 0U);
  total = 4711;
  for (const char* bad :
       {"", "some", "some ", "some\ntotal=1", "full avg10=0.00 total=99\n", "some avg10=0.00\nfull total=5\n",
        "some total=", "some total=x\n", "some total=1x\n", "some total=-1\n", "some subtotal=12\n",
        "some total=18446744073709551616\n", " some total=1\n", "awesome total=1\n"}) {
    EXPECT_FALSE(ParsePsiTotal(bad, &total)) << bad;
  }
  EXPECT_EQ(total, 4711U);
}

std::string Decoded(const char* text) {
  char out[64];
  const long size = DecodeBase64(text, out, sizeof out);
  return size < 0 ? "refused" : std::string(out, static_cast<size_t>(size));
}

// RFC 4648, section 10, and what systemd sets by default.
TEST(WatchParseTest, Base64) {
  EXPECT_EQ(Decoded(""), "");
  EXPECT_EQ(Decoded("Zg=="), "f");
  EXPECT_EQ(Decoded("Zm8="), "fo");
  EXPECT_EQ(Decoded("Zm9v"), "foo");
  EXPECT_EQ(Decoded("Zm9vYg=="), "foob");
  EXPECT_EQ(Decoded("Zm9vYmE="), "fooba");
  EXPECT_EQ(Decoded("Zm9vYmFy"), "foobar");
  EXPECT_EQ(Decoded("+/+/"), "\xfb\xff\xbf");
  EXPECT_EQ(Decoded("c29tZSAyMDAwMDAgMjAwMDAwMAA="), std::string("some 200000 2000000\0", 20));
}

TEST(WatchParseTest, WhatIsNotBase64IsRefused) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zm8", "=", "====", "Z===", "Zg==Zg==", "Zm8=Zm8=", "Zm9v\n",
                          "Zm 9v", "Zm9-", "Zm9_", "Zh==", "Zm9=", "Zm=v", "\xff\xff\xff\xff", "Zm9vZ"}) {
    EXPECT_EQ(Decoded(bad), "refused") << bad;
  }
}

TEST(WatchParseTest, Base64ThatDoesNotFitIsRefused) {
  char out[3] = {};
  EXPECT_EQ(DecodeBase64("Zm9v", out, 3), 3);
  EXPECT_EQ(DecodeBase64("Zm9v", out, 2), -1);
  EXPECT_EQ(DecodeBase64("Zm9vYg==", out, 3), -1);
  EXPECT_EQ(DecodeBase64("", out, 0), 0);
}

TEST(WatchParseTest, NamesOfStates) {
  EXPECT_STREQ(WatchStateName(WatchState::kAbsent), "absent");
  EXPECT_STREQ(WatchStateName(WatchState::kWatched), "watched");
  EXPECT_STREQ(WatchStateName(WatchState::kPolled), "polled");
  EXPECT_STREQ(WatchStateName(WatchState::kOff), "off");
}

}  // namespace
}  // namespace memgov
