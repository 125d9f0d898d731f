#include "governor/cli/explain/diagnosis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "unit/cli/explain/facts_for_test.h"

namespace memgov::cli::explain {
namespace {

using testing::HasSubstr;

std::string Text(Facts facts, int width = 80) {
  std::ostringstream out;
  PrintText(Diagnose(std::move(facts)), out, width);
  return out.str();
}

nlohmann::json Json(Facts facts) {
  std::ostringstream out;
  PrintJson(Diagnose(std::move(facts)), out);
  return nlohmann::json::parse(out.str());
}

TEST(Diagnosis, HeadlineSaysWhyRssIsHigh) {
  EXPECT_THAT(Headline(Diagnose(GlibcFacts(5 * kMega, 20 * kMega, 70 * kMega))),
              HasSubstr("90.0 MB (90 %) of it is free memory that malloc keeps"));
  EXPECT_THAT(Headline(Diagnose(GovernedFacts(95 * kMega, {{"live_bytes", 95 * kMega}}))),
              HasSubstr("is in use by the program"));
}

TEST(Diagnosis, EstimateIsGivenAsARange) {
  const std::string text = Text(GlibcFacts(5 * kMega, 20 * kMega, 70 * kMega));
  EXPECT_THAT(text, HasSubstr("With memgov likely 85.5 MB"));
  const nlohmann::json json = Json(GlibcFacts(5 * kMega, 20 * kMega, 70 * kMega));
  EXPECT_LT(json["would_return"]["low_bytes"], json["would_return"]["likely_bytes"]);
  EXPECT_EQ(json["would_return"]["high_bytes"], 90 * kMega);
}

TEST(Diagnosis, EstimateThatCannotBeMadeSaysWhy) {
  Facts facts = GlibcFacts(5 * kMega, 0, 70 * kMega);
  facts.glibc.reset();
  facts.why_not_walked = "process 7: another user's";
  EXPECT_THAT(Text(facts), HasSubstr("not known"));
  const nlohmann::json json = Json(facts);
  EXPECT_EQ(json["would_return"]["known"], false);
  EXPECT_EQ(json["would_return"]["high_bytes"], 75 * kMega);
}

TEST(Diagnosis, HostileTextsAreHarmless) {
  Facts facts = GovernedFacts(kMega, {{"live_bytes", kMega}});
  facts.command = "x\x1b[2J\xff";
  facts.thread_pools = {{"io\x07", 3, 3}, {"\xc3", 1, 1}};
  facts.figures->version = "\x1b]0;title";
  const std::string text = Text(facts);
  for (const char control : {'\x1b', '\x07', '\xff'}) EXPECT_EQ(text.find(control), std::string::npos);
  EXPECT_EQ(Json(facts)["pid"], 7);
}

TEST(Diagnosis, ProseKeepsTo80Columns) {
  std::istringstream lines(Text(GlibcFacts(5 * kMega, 20 * kMega, 70 * kMega)));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(Diagnosis, PoolsOfThreadsAndOfTheHeapMeet) {
  Facts facts = GovernedFacts(kMega, {});
  facts.thread_pools = {{"io", 4, 4}, {"main", 1, 0}};
  facts.stack_bytes = {{"io", 8192}};
  facts.figures->pool_names = {{"memgov_pool_live_bytes", "", Unit::kBytes, false},
                               {"memgov_pool_held_bytes", "", Unit::kBytes, false}};
  facts.figures->pools = {{"io", {100, 200}}, {"empty", {0, 0}}};
  const std::vector<PoolRow> rows = MakePoolRows(facts);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].name, "io");
  EXPECT_EQ(rows[0].threads, 4u);
  EXPECT_EQ(rows[0].held_bytes, 200u);
  EXPECT_EQ(rows[0].stack_bytes, 8192u);
  EXPECT_FALSE(rows[1].has_heap);
}

// Scopes and start routines make pools that no name of a thread shows.
TEST(Diagnosis, NoThreadIsInTwoPools) {
  Facts facts = GovernedFacts(kMega, {});
  facts.thread_pools = {{"python", 20, 20}, {"main", 1, 0}, {"memgov", 1, 1}};
  facts.figures->pool_names = {{"memgov_pool_threads", "", Unit::kNumber, false}};
  facts.figures->pools = {{"libpython3.11.so.1.0+0x1a2b", {20}}, {"main", {1}}, {"memgov", {0}}};
  uint64_t threads = 0;
  for (const PoolRow& row : MakePoolRows(facts)) {
    EXPECT_NE(row.name, "memgov") << "memgov counts it nowhere";
    threads += row.threads;
  }
  EXPECT_EQ(threads, 21u);
}

TEST(Diagnosis, LittleIsNotNothing) {
  EXPECT_EQ(ShareOf(0, 1000), "0 %");
  EXPECT_EQ(ShareOf(4, 1000), "<1 %");
  EXPECT_EQ(ShareOf(5, 1000), "1 %");
  EXPECT_EQ(ShareOf(1000, 1000), "100 %");
  EXPECT_EQ(ShareOf(1, 0), "0 %");
  EXPECT_THAT(Text(GlibcFacts(500 * kMega, kMega, 0)), HasSubstr("1.0 MB   <1 %  free"));
}

TEST(Diagnosis, OldFiguresSayWhy) {
  Facts facts = GovernedFacts(kMega, {{"live_bytes", kMega}});
  EXPECT_TRUE(Json(facts)["why_no_fresh_figures"].is_null());
  facts.figures_are_fresh = false;
  facts.why_no_figures = "it is stopped\x1b";
  EXPECT_THAT(Text(facts), HasSubstr("wrote: it is stopped\\x1b."));
  EXPECT_EQ(Json(facts)["why_no_fresh_figures"], facts.why_no_figures);
}

TEST(Diagnosis, ClassesOfTheSocketsAnswer) {
  const auto classes = ParseClasses(
      R"({"classes":[{"block_bytes":16,"slabs":1,"live_blocks":2,"free_blocks":3,"waste_bytes":4},
      {"block_bytes":64,"free_blocks":2,"waste_bytes":9},
      {"block_bytes":32,"free_blocks":4,"waste_bytes":0}],"pools":[]})");
  ASSERT_EQ(classes.size(), 3u);
  EXPECT_EQ(classes[0].block_bytes, 64u) << "most unused first";
  EXPECT_EQ(classes[0].unused_bytes, 137u);
  EXPECT_EQ(classes[1].block_bytes, 32u);
  EXPECT_EQ(classes[2].free_blocks, 3u);
  for (const char* text : {"", "x", "[]", "{}", R"({"classes":{}})", R"({"classes":[1]})"})
    EXPECT_TRUE(ParseClasses(text).empty()) << text;
  EXPECT_EQ(ParseClasses(R"({"classes":[{"block_bytes":-1,"slabs":"x"}]})")[0].block_bytes, 0u);
}

TEST(Diagnosis, AllocatorByItsLibrary) {
  EXPECT_EQ(FindAllocator({MappingOf(MappingKind::kProgram, 0, "/lib/libc.so.6")}), "glibc");
  EXPECT_EQ(FindAllocator({MappingOf(MappingKind::kProgram, 0, "/lib/libc.so.6"),
                           MappingOf(MappingKind::kProgram, 0, "/usr/lib/libjemalloc.so.2")}),
            "jemalloc");
  EXPECT_EQ(FindAllocator({MappingOf(MappingKind::kProgram, 0, "/lib/ld-musl-x86_64.so.1")}), "musl");
  EXPECT_EQ(FindAllocator({}), "unknown");
}

}  // namespace
}  // namespace memgov::cli::explain
