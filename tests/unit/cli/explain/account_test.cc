#include "governor/cli/explain/account.h"

#include <gtest/gtest.h>

#include "unit/cli/explain/facts_for_test.h"

namespace memgov::cli::explain {
namespace {

uint64_t SumOf(const Account& account) {
  uint64_t sum = account.not_accounted_bytes;
  for (const Part& part : account.parts) sum += part.bytes;
  return sum;
}

TEST(Account, BooksOfTheEngine) {
  const Facts facts = GovernedFacts(100 * kMega, {{"live_bytes", 60 * kMega},
                                                  {"fragmentation_bytes", 10 * kMega},
                                                  {"slot_bytes", 5 * kMega},
                                                  {"dirty_bytes", 20 * kMega},
                                                  {"metadata_bytes", 2 * kMega}});
  const Account account = MakeAccount(facts);
  EXPECT_EQ(account.BytesOf("live"), 60 * kMega);
  EXPECT_EQ(account.BytesOf("fragmentation"), 10 * kMega);
  EXPECT_EQ(account.BytesOf("slots"), 5 * kMega);
  EXPECT_EQ(account.BytesOf("dirty"), 20 * kMega);
  EXPECT_EQ(account.BytesOf("metadata"), 2 * kMega);
  EXPECT_EQ(account.not_accounted_bytes, 3 * kMega);
  EXPECT_EQ(account.untouched_bytes, 0u);
  EXPECT_EQ(account.FreeBytes(), 35 * kMega);
  EXPECT_EQ(SumOf(account), account.resident_bytes);
  EXPECT_EQ(ReleasableBytes(facts), 25 * kMega);
}

// More in the books than in memory: never written to.
TEST(Account, UntouchedBytesAreNoMemory) {
  const Account account = MakeAccount(
      GovernedFacts(50 * kMega, {{"live_bytes", 90 * kMega}, {"fragmentation_bytes", 10 * kMega}}));
  EXPECT_EQ(account.BytesOf("live"), 45 * kMega);
  EXPECT_EQ(account.BytesOf("fragmentation"), 5 * kMega);
  EXPECT_EQ(account.untouched_bytes, 50 * kMega);
  EXPECT_EQ(account.not_accounted_bytes, 0u);
  EXPECT_EQ(SumOf(account), account.resident_bytes);
}

TEST(Account, LiesStayWithinTheResidentBytes) {
  const Account account = MakeAccount(GovernedFacts(50 * kMega, {{"live_bytes", UINT64_MAX},
                                                                 {"fragmentation_bytes", UINT64_MAX},
                                                                 {"slot_bytes", UINT64_MAX},
                                                                 {"dirty_bytes", UINT64_MAX},
                                                                 {"metadata_bytes", UINT64_MAX}}));
  EXPECT_EQ(SumOf(account), account.resident_bytes);
}

TEST(Account, WalkedHeapOfGlibc) {
  const Account account = MakeAccount(GlibcFacts(10 * kMega, 5 * kMega, 70 * kMega));
  EXPECT_EQ(account.BytesOf("live"), 10 * kMega);
  EXPECT_EQ(account.BytesOf("thread_caches"), 5 * kMega);
  EXPECT_EQ(account.BytesOf("free"), 70 * kMega);
  EXPECT_EQ(SumOf(account), account.resident_bytes);
}

TEST(Account, HeapThatBreaksOffHasAPartForTheRest) {
  Facts facts = GlibcFacts(10 * kMega, 0, 70 * kMega);
  facts.glibc->walked_bytes = 30 * kMega;
  const Account account = MakeAccount(facts);
  EXPECT_EQ(account.BytesOf("not_walked"), 50 * kMega);
  EXPECT_EQ(SumOf(account), account.resident_bytes);
}

TEST(Account, BorrowedEngineLiesAmongOtherMemory) {
  Facts facts = GovernedFacts(0, {{"live_bytes", 20 * kMega}, {"held_bytes", 30 * kMega}});
  facts.engine = "mimalloc";
  facts.mappings.push_back(MappingOf(MappingKind::kAnonymous, 40 * kMega));
  const Account account = MakeAccount(facts);
  EXPECT_EQ(account.BytesOf("live"), 20 * kMega);
  EXPECT_EQ(account.BytesOf("held"), 10 * kMega);
  EXPECT_EQ(account.BytesOf("anonymous"), 10 * kMega);
  EXPECT_EQ(SumOf(account), account.resident_bytes);
}

TEST(Account, ReservedSpaceIsNoMemory) {
  Facts facts = GlibcFacts(kMega, 0, 0);
  facts.mappings.push_back(MappingOf(MappingKind::kReserved, 0));
  facts.mappings.back().end = facts.mappings.back().begin + (uint64_t{1} << 40);
  const Account account = MakeAccount(facts);
  EXPECT_EQ(account.reserved_bytes, uint64_t{1} << 40);
  EXPECT_EQ(SumOf(account), account.resident_bytes);
}

TEST(Account, MemgovsOwnObjectIsNamedApart) {
  Facts facts = GovernedFacts(kMega, {});
  facts.mappings.push_back(MappingOf(MappingKind::kProgram, 300000, "/usr/lib/libmemgov.so"));
  facts.mappings.push_back(MappingOf(MappingKind::kProgram, 500000));  // its .bss
  EXPECT_EQ(MakeAccount(facts).BytesOf("memgov"), 800000u);
}

}  // namespace
}  // namespace memgov::cli::explain
