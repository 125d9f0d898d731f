#include "session_cache.h"

#include <gtest/gtest.h>

namespace llm_gateway {
namespace {

Turn TurnOf(size_t bytes, const std::string& answer) {
  return {.question = std::string(bytes, 'q'), .answer = answer};
}

TEST(SessionCache, RemembersTheLatestAnswer) {
  SessionCache cache(100'000);
  EXPECT_EQ(cache.LatestAnswer("a"), "");
  cache.Remember("a", TurnOf(10, "one"));
  cache.Remember("a", TurnOf(10, "two"));
  cache.Remember("b", TurnOf(10, "other"));
  EXPECT_EQ(cache.LatestAnswer("a"), "two");
  EXPECT_EQ(cache.Use().sessions, 2u);
}

TEST(SessionCache, EvictsTheSessionUnusedLongest) {
  SessionCache cache(3500);
  for (const char* session : {"a", "b", "c"}) cache.Remember(session, TurnOf(1000, session));
  EXPECT_EQ(cache.LatestAnswer("a"), "a");  // now "b" is the oldest
  cache.Remember("d", TurnOf(1000, "d"));
  EXPECT_EQ(cache.LatestAnswer("b"), "");
  EXPECT_EQ(cache.LatestAnswer("a"), "a");
  EXPECT_EQ(cache.Use().evictions, 1u);
}

TEST(SessionCache, StaysWithinItsBound) {
  SessionCache cache(50'000);
  for (int i = 0; i < 1000; ++i) {
    cache.Remember(std::to_string(i % 37), TurnOf(static_cast<size_t>(i) % 3000, "answer"));
    EXPECT_LE(cache.Use().bytes, 50'000u);
  }
  EXPECT_GT(cache.Use().bytes, 40'000u);
}

TEST(SessionCache, OneSessionDropsItsOldestTurns) {
  SessionCache cache(5000);
  for (int i = 0; i < 20; ++i) cache.Remember("a", TurnOf(1000, std::to_string(i)));
  EXPECT_EQ(cache.LatestAnswer("a"), "19");
  EXPECT_LE(cache.Use().bytes, 5000u);
  EXPECT_EQ(cache.Use().sessions, 1u);
}

TEST(SessionCache, DropsTheOldestUntilEnoughIsGone) {
  SessionCache cache(100'000);
  for (const char* session : {"a", "b", "c"}) cache.Remember(session, TurnOf(1000, session));
  EXPECT_GE(cache.DropOldest(1500), 2000u);  // whole sessions
  EXPECT_EQ(cache.LatestAnswer("b"), "");
  EXPECT_EQ(cache.LatestAnswer("c"), "c");
  EXPECT_EQ(cache.DropOldest(0), 0u);
  EXPECT_GE(cache.DropOldest(SIZE_MAX), 1000u);
  EXPECT_EQ(cache.Use().sessions, 0u);
  EXPECT_EQ(cache.Use().bytes, 0u);
  EXPECT_EQ(cache.DropOldest(1), 0u);
}

TEST(SessionCache, DoesNotKeepWhatAloneIsTooMuch) {
  SessionCache cache(5000);
  cache.Remember("a", TurnOf(10, "kept"));
  cache.Remember("a", TurnOf(6000, "too much"));
  EXPECT_EQ(cache.LatestAnswer("a"), "kept");
}

}  // namespace
}  // namespace llm_gateway
