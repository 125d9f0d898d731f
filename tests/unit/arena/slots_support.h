// slots_support.h: what tests of slots share: blocks that really are some, and threads that choose their
// slot.
//
// Safety: slots are the process's: in a child (InChild), on one thread.
#ifndef MEMGOV_TESTS_UNIT_ARENA_SLOTS_SUPPORT_H_
#define MEMGOV_TESTS_UNIT_ARENA_SLOTS_SUPPORT_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "governor/pools/thread_registry.h"
#include "shim/arena/shards.h"
#include "shim/arena/slots.h"
#include "unit/child.h"

namespace memgov::arena {

inline constinit thread_local uint32_t test_id = 0;  // by it this thread finds its slot

inline const void* Table(uint32_t group) {
  const bool sequences = slots::way.load() == slots::Way::kSequences;
  return &(sequences ? slots::sequence_tables : slots::portable_tables)[group];
}

inline void* TakeBlock(uint32_t size_class) {
  void* block = nullptr;
  EXPECT_EQ(shards::Take(0, 0, size_class, &block, 1), 1U);
  return block;
}

inline uint64_t Used(uint32_t size_class) { return shards::Read(0, size_class).used_blocks; }

inline slots::Cell& CellOf(slots::Slot& slot, uint32_t size_class) {
  return slot.cells[kSizeClasses[size_class].line];
}

inline bool Push(uint32_t size_class, void* block, uint32_t group = 0) {
  return slots::Push(Table(group), kSizeClasses[size_class].line, block);
}
inline void* Pop(uint32_t size_class, uint32_t group = 0) {
  return slots::Pop(Table(group), kSizeClasses[size_class].line);
}

// Fills the class in the present slot with as many blocks as it may have.
inline std::vector<void*> Fill(uint32_t size_class) {
  slots::Slot& slot = *slots::Current(0);
  for (int times = 0; times < 6; ++times) slots::GrowLimit(slot, size_class);
  std::vector<void*> blocks;
  while (CellOf(slot, size_class).Count() < CellOf(slot, size_class).Limit()) {
    blocks.push_back(TakeBlock(size_class));
    EXPECT_TRUE(Push(size_class, blocks.back()));
  }
  EXPECT_FALSE(blocks.empty());
  return blocks;
}

// On a thread that has its record, as every thread that uses slots.
inline void InChild(const std::function<void()>& test) {
  const auto body = [&] {
    threads::Adopt(nullptr);
    test();
  };
  const ChildEnd end = RunInChild(body);
  EXPECT_EQ(end.status, 0) << end.error_text;
}

inline void StartAndAttach(slots::Way wanted) {
  slots::Start(wanted);
  slots::StartTable(1);
  slots::StartTable(2);
  slots::UseIdsAt(reinterpret_cast<char*>(&test_id) - static_cast<char*>(__builtin_thread_pointer()));
  ASSERT_TRUE(slots::Attach(0));
}

}  // namespace memgov::arena

#endif  // MEMGOV_TESTS_UNIT_ARENA_SLOTS_SUPPORT_H_
