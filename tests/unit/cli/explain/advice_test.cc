#include "governor/cli/explain/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/cli/explain/facts_for_test.h"

namespace memgov::cli::explain {
namespace {

using testing::HasSubstr;

std::vector<std::string> Names(const Facts& facts) {
  std::vector<std::string> names;
  for (const Advice& piece : FindAdvice(facts, MakeAccount(facts), EstimateReturnable(facts)))
    names.push_back(piece.name);
  return names;
}

std::string TextOf(const Facts& facts, const std::string& name) {
  for (const Advice& piece : FindAdvice(facts, MakeAccount(facts), EstimateReturnable(facts))) {
    if (piece.name == name) return piece.text;
  }
  return "";
}

TEST(Advice, NothingStandsOut) {
  EXPECT_THAT(Names(GovernedFacts(20 * kMega, {{"live_bytes", 20 * kMega}})), testing::IsEmpty());
  EXPECT_THAT(Names(GlibcFacts(20 * kMega, 0, 2 * kMega)), testing::IsEmpty());
}

TEST(Advice, DirtyPagesCanBeReleased) {
  const Facts facts = GovernedFacts(60 * kMega, {{"live_bytes", 20 * kMega}, {"dirty_bytes", 40 * kMega}});
  EXPECT_THAT(TextOf(facts, "release"), HasSubstr("memgov release 7"));
  EXPECT_THAT(TextOf(facts, "release"), HasSubstr("40.0 MB"));
}

TEST(Advice, FragmentationNamesPoolAndSize) {
  Facts facts = GovernedFacts(60 * kMega, {{"live_bytes", 20 * kMega}, {"fragmentation_bytes", 40 * kMega}});
  facts.figures->pool_names = {{"memgov_pool_live_bytes", "", Unit::kBytes, false},
                               {"memgov_pool_held_bytes", "", Unit::kBytes, false}};
  facts.exact_pools = {"parse\x1b"};
  facts.figures->pools = {{"http", {kMega, 2 * kMega}}, {"parse\x1b", {kMega, 30 * kMega}}};
  facts.classes = {{1024, 100, 10, 90, 0, 25 * kMega}};
  const std::string text = TextOf(facts, "fragmentation");
  EXPECT_THAT(text, HasSubstr("29.0 MB) is in pool parse"));
  EXPECT_THAT(text, HasSubstr("1024 bytes"));
  EXPECT_THAT(text, testing::Not(HasSubstr("\x1b")));
}

TEST(Advice, RestartWhereTheGovernorAdvisesIt) {
  const Facts facts = GovernedFacts(60 * kMega, {{"live_bytes", 20 * kMega},
                                                 {"fragmentation_bytes", 40 * kMega},
                                                 {"recycle_advised", 1},
                                                 {"recycle_recoverable_bytes", 33 * kMega}});
  EXPECT_THAT(TextOf(facts, "recycle"), HasSubstr("33.0 MB"));
  EXPECT_EQ(TextOf(facts, "fragmentation"), "");
}

TEST(Advice, UngovernedFreeMemory) {
  Facts facts = GlibcFacts(10 * kMega, 20 * kMega, 70 * kMega);
  EXPECT_THAT(TextOf(facts, "govern"), HasSubstr("85.0 MB"));
  EXPECT_THAT(TextOf(facts, "arenas"), HasSubstr("now 16"));
  facts.environment["MALLOC_ARENA_MAX"] = "2";
  EXPECT_EQ(TextOf(facts, "arenas"), "");
  facts.preloadable = false;
  EXPECT_EQ(TextOf(facts, "govern"), "") << "a static program";
}

TEST(Advice, PythonsOwnAllocator) {
  Facts facts = GlibcFacts(kMega, 0, 0);
  facts.mappings.push_back(MappingOf(MappingKind::kProgram, kMega, "/usr/bin/python3.11"));
  facts.mappings.push_back(MappingOf(MappingKind::kAnonymous, 50 * kMega));
  EXPECT_THAT(TextOf(facts, "pythonmalloc"), HasSubstr("PYTHONMALLOC=malloc"));
  facts.environment["PYTHONMALLOC"] = "malloc";
  EXPECT_EQ(TextOf(facts, "pythonmalloc"), "");
}

TEST(Advice, NearTheContainersLimit) {
  Facts facts = GlibcFacts(kMega, 0, 0);
  facts.cgroup = CgroupMemory();
  facts.cgroup->has_limit = true;
  facts.cgroup->limit_bytes = 100 * kMega;
  facts.cgroup->working_set_bytes = 80 * kMega;
  EXPECT_EQ(TextOf(facts, "limit"), "");
  facts.cgroup->working_set_bytes = 95 * kMega;
  EXPECT_THAT(TextOf(facts, "limit"), HasSubstr("95.0 MB of 100.0 MB"));
}

TEST(Advice, RefusedAllocations) {
  EXPECT_THAT(TextOf(GovernedFacts(kMega, {{"refused_allocations_total", 3}}), "refused"),
              HasSubstr("3 allocations"));
}

TEST(Advice, HugePages) {
  Facts facts = GlibcFacts(50 * kMega, 0, 0);
  facts.mappings[1].huge_bytes = 40 * kMega;
  EXPECT_THAT(TextOf(facts, "huge_pages"), HasSubstr("40.0 MB"));
}

TEST(Advice, MostFirstAndFew) {
  Facts facts = GlibcFacts(10 * kMega, 20 * kMega, 70 * kMega);
  facts.mappings[1].huge_bytes = 60 * kMega;
  facts.mappings[1].swap_bytes = 200 * kMega;
  facts.mappings[1].lazy_free_bytes = 50 * kMega;
  facts.mappings.push_back(MappingOf(MappingKind::kProgram, kMega, "/usr/bin/python3.11"));
  facts.mappings.push_back(MappingOf(MappingKind::kAnonymous, 30 * kMega));
  const auto advice = FindAdvice(facts, MakeAccount(facts), EstimateReturnable(facts));
  EXPECT_EQ(advice.size(), 5u);
  EXPECT_EQ(advice[0].name, "swap");
  EXPECT_TRUE(std::is_sorted(advice.begin(), advice.end(),
                             [](const Advice& a, const Advice& b) { return a.bytes > b.bytes; }));
}

}  // namespace
}  // namespace memgov::cli::explain
