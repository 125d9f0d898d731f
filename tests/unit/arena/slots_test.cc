// Slots, both ways, against a model: a stack per slot and class. They are the process's: each case has a
// child, whose threads number their slots by a word of the test's.
#include "shim/arena/slots.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"
#include "random.h"
#include "shim/arena/page_heap.h"
#include "unit/arena/pattern.h"
#include "unit/arena/slots_support.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

using slots::Slot;
using slots::Way;

constexpr int kOperations = kSanitized ? 100000 : 2000000;
constexpr uint32_t kClass = 10;
constexpr int64_t kMostSlotBytes = 512 << 10;
constexpr int64_t kFirstBlocksBytes = 96 << 10;  // the first four of each class up to 1 KiB
constexpr int64_t kMostBytes = 32 << 20;

class SlotsTest : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    constexpr int kOtherWay = 77;
    const ChildEnd end = RunInChild([] {
      slots::Start(GetParam());
      if (slots::way.load() != GetParam()) _exit(kOtherWay);
    });
    if (end.status == kOtherWay) GTEST_SKIP() << "no restartable sequences here, or none in this build";
  }
};
INSTANTIATE_TEST_SUITE_P(Ways, SlotsTest, testing::Values(Way::kSequences, Way::kPortable),
                         [](const auto& way) {
                           return way.param == Way::kSequences ? "Sequences" : "Portable";
                         });

class Model {
 public:
  void Push(uint32_t group, uint32_t size_class) {
    void* block = TakeBlock(size_class);
    std::vector<void*>& stack = StackOf(group, size_class);
    const bool has_room = stack.size() < limits_[{group, test_id, size_class}];
    EXPECT_EQ(arena::Push(size_class, block, group), has_room);
    if (has_room) {
      stack.push_back(block);
      bytes_ += kSizeClasses[size_class].bytes;
    } else {
      shards::Return(size_class, &block, 1);
    }
  }

  void Pop(uint32_t group, uint32_t size_class) {
    std::vector<void*>& stack = StackOf(group, size_class);
    void* block = arena::Pop(size_class, group);
    EXPECT_EQ(block, stack.empty() ? nullptr : stack.back());
    if (stack.empty()) return;
    stack.pop_back();
    bytes_ -= kSizeClasses[size_class].bytes;
    shards::Return(size_class, &block, 1);
  }

  // 4, then twice as many, up to the capacity; or not at all when the slot is full.
  void Grow(uint32_t group, uint32_t size_class) {
    Slot* slot = slots::Current(group);
    ASSERT_NE(slot, nullptr);
    uint64_t& limit = limits_[{group, test_id, size_class}];
    const uint64_t capacity = kSizeClasses[size_class].capacity;
    const uint64_t more = std::min(capacity, limit == 0 ? 4 : limit * 2);
    const int64_t bytes = static_cast<int64_t>((more - limit) * kSizeClasses[size_class].bytes);
    const uint32_t block_bytes = kSizeClasses[size_class].bytes;
    const bool always = limit == 0 && block_bytes <= 1024;  // a small class's first few
    const int64_t most = block_bytes > 8192 ? kMostSlotBytes / 2 : kMostSlotBytes;
    const bool fits = more == limit || always || slot->limit_bytes + bytes <= most;
    slots::GrowLimit(*slot, size_class);
    if (fits) limit = more;
    EXPECT_EQ(CellOf(*slot, size_class).Limit(), limit);
    EXPECT_LE(slot->limit_bytes, kMostSlotBytes + kFirstBlocksBytes);
    EXPECT_TRUE(fits || slot->starved);
  }

  void Drain() {
    EXPECT_EQ(slots::CachedBytes(kMostGroups), bytes_);
    EXPECT_EQ(slots::Drain(false), bytes_);
    EXPECT_EQ(slots::CachedBytes(kMostGroups), 0U);
    EXPECT_FALSE(slots::AnyStarved());
    stacks_.clear();
    limits_.clear();
    bytes_ = 0;
  }

 private:
  using Key = std::tuple<uint32_t, uint32_t, uint32_t>;  // group, id, class

  std::vector<void*>& StackOf(uint32_t group, uint32_t size_class) {
    return stacks_[{group, test_id, size_class}];
  }

  std::map<Key, std::vector<void*>> stacks_;
  std::map<Key, uint64_t> limits_;
  uint64_t bytes_ = 0;
};

TEST_P(SlotsTest, RandomOperations) {
  InChild([] {
    StartAndAttach(GetParam());
    Random random(11);
    Model model;
    for (int step = 0; step < kOperations && !HasFailure(); ++step) {
      const uint32_t group = static_cast<uint32_t>(random.Below(3));
      const uint32_t size_class = static_cast<uint32_t>(random.Below(kClasses));
      if (step % 64 == 0) test_id = static_cast<uint32_t>(random.Below(4));
      const uint64_t kind = random.Below(100);
      if (kind < 48) {
        model.Push(group, size_class);
      } else if (kind < 90) {
        model.Pop(group, size_class);
      } else {
        model.Grow(group, size_class);
      }
      if (random.Below(20000) == 0) model.Drain();
    }
    model.Drain();
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) EXPECT_EQ(Used(size_class), 0U);
    EXPECT_EQ(pages::Read().slab_bytes, 0U);
  });
}

TEST_P(SlotsTest, ThreadsOfThisCpuFindItsSlot) {
  InChild([] {
    slots::Start(GetParam());
    ASSERT_TRUE(slots::Attach(0));
    const uint32_t id = slots::CurrentId();
    ASSERT_LT(id, kMostIds);
    const Slot* slot = slots::Current(0);
    ASSERT_NE(slot, nullptr);
    EXPECT_LT(slot->id, kMostIds);
    EXPECT_EQ(slots::SlotMetadataBytes() % sizeof(Slot), 0U);
    EXPECT_GE(slots::SlotMetadataBytes(), sizeof(Slot));
  });
}

TEST_P(SlotsTest, EveryIdHasASlotOfItsOwnAndThoseOutOfRangeHaveNone) {
  InChild([] {
    StartAndAttach(GetParam());
    for (const uint32_t id : {0U, 1U, 255U, kMostIds - 1}) {
      test_id = id;
      Slot* slot = slots::Current(0);
      ASSERT_NE(slot, nullptr) << id;
      EXPECT_EQ(slot->id, id);
      const size_t count = Fill(kClass).size();
      EXPECT_EQ(CellOf(*slot, kClass).Count(), count);
    }
    void* block = TakeBlock(kClass);
    for (const uint32_t id : {kMostIds, kMostIds + 1, 1U << 31, UINT32_MAX}) {
      test_id = id;
      EXPECT_EQ(slots::Current(0), nullptr) << id;
      EXPECT_EQ(Pop(kClass), nullptr) << id;
      EXPECT_FALSE(Push(kClass, block)) << id;
    }
    EXPECT_EQ(slots::SlotMetadataBytes(), 4 * sizeof(Slot));
  });
}

TEST_P(SlotsTest, ASlotThatIsFullIsStarvedUntilItIsDrained) {
  InChild([] {
    StartAndAttach(GetParam());
    Slot& slot = *slots::Current(0);
    for (int times = 0; times < 5; ++times) {
      for (uint32_t size_class = kClasses; size_class > 0; --size_class)
        slots::GrowLimit(slot, size_class - 1);
    }
    int64_t bytes = 0;
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      const uint64_t limit = CellOf(slot, size_class).Limit();
      EXPECT_LE(limit, kSizeClasses[size_class].capacity);
      bytes += static_cast<int64_t>(limit * kSizeClasses[size_class].bytes);
    }
    EXPECT_EQ(slot.limit_bytes, bytes);
    EXPECT_LE(bytes, kMostSlotBytes + kFirstBlocksBytes);
    EXPECT_GT(bytes, kMostSlotBytes - (32 << 10));
    EXPECT_TRUE(slots::AnyStarved());
    test_id = 1;
    const std::vector<void*> other = Fill(kClass);
    EXPECT_EQ(slots::Drain(true), 0U) << "the starved one was empty, the other one is kept";
    EXPECT_EQ(slots::CachedBytes(kMostGroups), other.size() * kSizeClasses[kClass].bytes);
    EXPECT_EQ(slot.limit_bytes, 0);
    EXPECT_FALSE(slots::AnyStarved());
  });
}

TEST_P(SlotsTest, AllOfThemTogetherHoldAtMost32Megabytes) {
  InChild([] {
    StartAndAttach(GetParam());
    std::vector<Slot*> made;
    for (test_id = 0; test_id < 100; ++test_id) {
      made.push_back(slots::Current(0));
      ASSERT_NE(made.back(), nullptr);
      for (int times = 0; times < 5 * static_cast<int>(kClasses); ++times) {
        slots::GrowLimit(*made.back(), static_cast<uint32_t>(times) % kClasses);
      }
    }
    int64_t bytes = 0;
    for (const Slot* slot : made) bytes += slot->limit_bytes;
    EXPECT_LE(bytes, kMostBytes);
    EXPECT_GT(bytes, kMostBytes - (64 << 10));
    slots::Drain(false);
    for (const Slot* slot : made) EXPECT_EQ(slot->limit_bytes, 0);
    slots::GrowLimit(*made[99], 0);
    EXPECT_EQ(CellOf(*made[99], 0).Limit(), 4U) << "there is room again";
  });
}

TEST_P(SlotsTest, WhileStoppedThereIsNothingToTakeAndNoRoom) {
  InChild([] {
    StartAndAttach(GetParam());
    const std::vector<void*> blocks = Fill(kClass);
    EXPECT_EQ(Pop(kClass), blocks.back());
    slots::Stop();
    EXPECT_EQ(Pop(kClass), nullptr);
    EXPECT_FALSE(Push(kClass, blocks.back()));
    EXPECT_EQ(slots::CachedBlocks(0, kClass), blocks.size() - 1);
    EXPECT_EQ(slots::CachedBlocks(1, kClass), 0U);
    std::vector<void*> seen;
    slots::ForEachBlock(
        [](void* block, uint32_t size_class, void* context) {
          EXPECT_EQ(size_class, kClass);
          static_cast<std::vector<void*>*>(context)->push_back(block);
        },
        &seen);
    EXPECT_EQ(seen, (std::vector<void*>{blocks.begin(), blocks.end() - 1}));
    test_id = 5;
    EXPECT_EQ(slots::Current(0), nullptr) << "none is made";
    test_id = 0;
    slots::Restart();
    EXPECT_TRUE(Push(kClass, blocks.back()));
    for (size_t left = blocks.size(); left > 0; --left) EXPECT_EQ(Pop(kClass), blocks[left - 1]);
  });
}

TEST_P(SlotsTest, AVforkChildDoesWithout) {
  InChild([] {
    StartAndAttach(GetParam());
    ThreadRecord record;
    threads::current = &record;
    slots::Detach();
    EXPECT_EQ(slots::Current(0), nullptr);
    record.vfork_thread = os::ThreadId() + 1;  // its parent, who is suspended
    EXPECT_FALSE(slots::Attach(0));
    EXPECT_EQ(slots::Current(0), nullptr);
    record.vfork_thread = os::ThreadId();  // the parent runs again
    EXPECT_TRUE(slots::Attach(0));
    EXPECT_EQ(record.vfork_thread, 0);
    EXPECT_NE(slots::Current(0), nullptr);
  });
}

TEST_P(SlotsTest, WithoutMemoryForASlotThereIsNone) {
  InChild([] {
    StartAndAttach(GetParam());
    os::FailNth(os::Call::kMmap, 1, false);
    EXPECT_EQ(slots::Current(0), nullptr);
    EXPECT_NE(slots::Current(0), nullptr);
  });
}

}  // namespace
}  // namespace memgov::arena
