#include "governor/cli/exporter/exposition.h"

#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

TEST(Exposition, ValuesAreInBaseUnits) {
  EXPECT_EQ(CountValue(7), "7");
  EXPECT_EQ(BytesValue(UINT64_MAX - 1), "18446744073709551614");
  EXPECT_EQ(BytesValue(UINT64_MAX), "+Inf");
  EXPECT_EQ(SecondsValue(0), "0");
  EXPECT_EQ(SecondsValue(1), "0.000000001");
  EXPECT_EQ(SecondsValue(1'500'000'000), "1.5");
  EXPECT_EQ(SecondsValue(20'000'000'000), "20");
}

TEST(Exposition, AFamilyIsInOnePieceHoweverItCameIn) {
  Exposition page;
  EXPECT_TRUE(page.Add({"b_total", Kind::kCounter, "Of b"}, "pid=\"1\"", "1"));
  EXPECT_TRUE(page.Add({"a", Kind::kGauge, "Of a"}, "", "5"));
  EXPECT_TRUE(page.Add({"b_total", Kind::kCounter, "Another help"}, "pid=\"2\"", "2"));
  EXPECT_EQ(page.Text(),
            "# HELP a Of a\n# TYPE a gauge\na 5\n"
            "# HELP b_total Of b\n# TYPE b_total counter\nb_total{pid=\"1\"} 1\nb_total{pid=\"2\"} 2\n");
}

TEST(Exposition, WhatWouldSpoilThePageIsLeftOut) {
  Exposition page;
  EXPECT_TRUE(page.Add({"a", Kind::kGauge, "Of a"}, "pid=\"1\"", "1"));
  EXPECT_FALSE(page.Add({"a", Kind::kGauge, "Of a"}, "pid=\"1\"", "2"));
  EXPECT_FALSE(page.Add({"a", Kind::kCounter, "Of a"}, "pid=\"2\"", "2"));
  EXPECT_EQ(page.Text(), "# HELP a Of a\n# TYPE a gauge\na{pid=\"1\"} 1\n");
}

TEST(Exposition, HelpStaysOnItsLine) {
  Exposition page;
  page.Add({"a", Kind::kGauge, "one\ntwo\\three"}, "", "1");
  EXPECT_EQ(page.Text(), "# HELP a one\\ntwo\\\\three\n# TYPE a gauge\na 1\n");
}

}  // namespace
}  // namespace memgov::cli
