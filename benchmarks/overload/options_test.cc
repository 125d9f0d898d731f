#include "options.h"

#include <gtest/gtest.h>

namespace overload {
namespace {

TEST(Options, BytesHaveUnits) {
  EXPECT_EQ(*ParseBytes("700"), 700u);
  EXPECT_EQ(*ParseBytes("700K"), 700u << 10);
  EXPECT_EQ(*ParseBytes("256M"), 256u << 20);
  EXPECT_EQ(*ParseBytes("1G"), 1u << 30);
}

TEST(Options, WhatIsNoSizeIsRefused) {
  for (const char* text :
       {"", "M", "-1", "+1M", " 1M", "1e3", "1T", "1MM", "99999999999999999999", "18014398509481984K"}) {
    EXPECT_FALSE(ParseBytes(text).ok()) << text;
  }
}

}  // namespace
}  // namespace overload
