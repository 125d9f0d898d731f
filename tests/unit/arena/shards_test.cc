// Shards: slabs and their blocks against a model set. One engine per process: each case has a child.
#include "shim/arena/shards.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "random.h"
#include "shim/arena/bad_free.h"
#include "shim/arena/page_heap.h"
#include "unit/arena/pattern.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr int kOperations = kSanitized ? 40000 : 800000;

void InChild(const std::function<void()>& body) {
  const ChildEnd end = RunInChild(body);
  EXPECT_EQ(end.status, 0) << end.error_text;
}

std::vector<void*> Take(uint32_t shard, uint32_t size_class, uint32_t want) {
  std::vector<void*> blocks(want);
  blocks.resize(shards::Take(shard, 0, size_class, blocks.data(), want));
  return blocks;
}

void Return(uint32_t size_class, const std::vector<void*>& blocks) {
  for (size_t done = 0; done < blocks.size(); done += shards::kMostBatch) {
    const size_t count = std::min<size_t>(blocks.size() - done, shards::kMostBatch);
    shards::Return(size_class, blocks.data() + done, static_cast<uint32_t>(count));
  }
}

// As many slabs of this class, all their blocks handed out: one vector for each slab.
std::vector<std::vector<void*>> FullSlabs(uint32_t size_class, uint32_t count) {
  std::vector<std::vector<void*>> slabs(count);
  for (std::vector<void*>& slab : slabs) {
    while (slab.size() < kSizeClasses[size_class].blocks) {
      const uint32_t left = kSizeClasses[size_class].blocks - static_cast<uint32_t>(slab.size());
      for (void* block : Take(0, size_class, std::min(left, shards::kMostBatch))) slab.push_back(block);
    }
  }
  return slabs;
}

uint64_t SlabBegin(uint32_t size_class, const void* block) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  const PageEntry entry = ChunkOf(block)->EntryOf(address);
  EXPECT_EQ(entry.kind(), PageKind::kSlab);
  EXPECT_EQ(entry.size_class(), size_class);
  const uint32_t page = kSizeClasses[entry.size_class()].pages - entry.pages_to_end();
  return (address & ~(kPageBytes - 1)) - page * kPageBytes;
}

// Blocks that are handed out, by shard and class.
class Model {
 public:
  void Take(uint32_t shard, uint32_t size_class, uint32_t want) {
    void* taken[shards::kMostBatch];
    const uint32_t group = shard % 3;
    const uint32_t count = shards::Take(shard, group, size_class, taken, want);
    EXPECT_GE(count, 1U);
    EXPECT_LE(count, want);
    for (uint32_t index = 0; index < count; ++index) Enter(shard, group, size_class, taken[index]);
  }

  // Blocks of one class, of whatever shards.
  void Return(uint32_t size_class, uint32_t want, Random& random) {
    std::vector<Block>& have = blocks_[size_class];
    void* batch[shards::kMostBatch];
    uint32_t count = 0;
    for (; count < want && !have.empty(); ++count) {
      std::swap(have[random.Below(have.size())], have.back());
      const Block block = have.back();
      have.pop_back();
      EXPECT_TRUE(HasPattern(block.at, kSizeClasses[size_class].bytes, block.seed));
      EXPECT_TRUE(shards::IsHandedOut(size_class, block.at));
      --used_[{block.shard, size_class}];
      batch[count] = block.at;
    }
    if (count != 0) shards::Return(size_class, batch, count);
  }

  void Check() {
    uint64_t slab_bytes = 0;
    for (uint32_t shard = 0; shard < shards::kMostShards; ++shard) {
      for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
        const shards::ClassFigures figures = shards::Read(shard, size_class);
        EXPECT_EQ(figures.used_blocks, (used_[{shard, size_class}]));
        EXPECT_GE(figures.slabs * kSizeClasses[size_class].blocks, figures.used_blocks);
        slab_bytes += figures.slabs * kSizeClasses[size_class].pages * kPageBytes;
      }
    }
    EXPECT_EQ(pages::Read().slab_bytes, slab_bytes);
    const char* wrong = shards::Verify(shards::kMostShards);
    EXPECT_EQ(wrong, nullptr) << wrong;
  }

 private:
  struct Block {
    void* at;
    uint64_t seed;
    uint32_t shard;
  };

  void Enter(uint32_t shard, uint32_t group, uint32_t size_class, void* block) {
    const SizeClass& made = kSizeClasses[size_class];
    const uintptr_t address = reinterpret_cast<uintptr_t>(block);
    const uint64_t to_end = SlabBegin(size_class, block) + made.pages * kPageBytes - address;
    EXPECT_EQ(to_end % made.bytes, 0U);
    EXPECT_GE(to_end, made.bytes);
    EXPECT_LE(to_end, made.blocks * made.bytes);
    EXPECT_EQ(ChunkOf(block)->EntryOf(address).group(), group);
    const uint64_t seed = next_seed_ += 1 << 16;
    FillPattern(block, made.bytes, seed);
    blocks_[size_class].push_back({block, seed, shard});
    ++used_[{shard, size_class}];
  }

  std::vector<Block> blocks_[kClasses];
  std::map<std::pair<uint32_t, uint32_t>, uint64_t> used_;
  uint64_t next_seed_ = 0;
};

// Every byte of every block is written: one that was handed out twice, or overlaps another, would show.
TEST(ShardsTest, RandomOperations) {
  InChild([] {
    Random random(7);
    Model model;
    uint64_t lean = 50;  // per cent of the operations that take
    for (int step = 0; step < kOperations && !testing::Test::HasFailure(); ++step) {
      const uint32_t size_class = static_cast<uint32_t>(random.Below(kClasses));
      const uint32_t want = 1 + static_cast<uint32_t>(random.Below(shards::kMostBatch));
      if (step % 4096 == 0) lean = 40 + random.Below(21);
      if (random.Below(100) < lean) {
        model.Take(static_cast<uint32_t>(random.Below(shards::kMostShards)), size_class, want);
      } else {
        model.Return(size_class, want, random);
      }
      if (step % 8192 == 0) model.Check();
    }
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      while (shards::Read(0, size_class).used_blocks != 0)
        model.Return(size_class, shards::kMostBatch, random);
      for (int rest = 0; rest < 10000; ++rest) model.Return(size_class, shards::kMostBatch, random);
    }
    model.Check();
    EXPECT_EQ(pages::Read().slab_bytes, 0U);
    EXPECT_EQ(BadFrees(), 0U);
  });
}

// Bins are quarters: of two slabs that are more than a quarter apart, the fuller one gives.
TEST(ShardsTest, TheFullestSlabGives) {
  InChild([] {
    constexpr uint32_t kClass = 7;  // 128 bytes, 32 blocks to a slab
    const uint32_t blocks = kSizeClasses[kClass].blocks;
    auto slabs = FullSlabs(kClass, 4);
    std::map<uint64_t, size_t> number;
    const uint32_t frees[] = {blocks - 1, blocks / 2, 1, blocks * 3 / 4};
    for (size_t index = 0; index < 4; ++index) {
      number[SlabBegin(kClass, slabs[index][0])] = index;
      Return(kClass, {slabs[index].begin(), slabs[index].begin() + frees[index]});
    }
    std::vector<size_t> order;
    for (void* block : Take(0, kClass, 32)) {
      const size_t from = number.at(SlabBegin(kClass, block));
      if (order.empty() || order.back() != from) order.push_back(from);
    }
    EXPECT_EQ(order, (std::vector<size_t>{2, 1, 3}));
    EXPECT_EQ(shards::Read(0, kClass).slabs, 4U);
  });
}

TEST(ShardsTest, AnEmptySlabGoesBackToThePageHeap) {
  InChild([] {
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      auto slabs = FullSlabs(size_class, 3);
      EXPECT_EQ(shards::Read(0, size_class).slabs, 3U);
      const uint64_t slab_bytes = kSizeClasses[size_class].pages * kPageBytes;
      for (uint64_t left = 3; left > 0; --left) {
        EXPECT_EQ(pages::Read().slab_bytes, left * slab_bytes);
        const std::vector<void*>& slab = slabs[left - 1];
        Return(size_class, {slab.begin(), slab.end() - 1});
        EXPECT_EQ(shards::Read(0, size_class).slabs, left);
        Return(size_class, {slab.back()});
        EXPECT_EQ(shards::Read(0, size_class).slabs, left - 1);
      }
      EXPECT_EQ(pages::Read().slab_bytes, 0U);
    }
  });
}

TEST(ShardsTest, EachTakeIsARefill) {
  InChild([] {
    const uint64_t before = shards::Refills();
    Take(0, 3, 32);
    Take(1, 3, 1);
    EXPECT_EQ(shards::Refills(), before + 2);
  });
}

TEST(ShardsTest, ADoubleReturnIsReportedAndChangesNothing) {
  const ChildEnd end = RunInChild([] {
    ASSERT_TRUE(options::Set(Option::kOnBadFree, "count"));
    constexpr uint32_t kClass = 10;
    const std::vector<void*> blocks = Take(0, kClass, 8);
    ASSERT_EQ(blocks.size(), 8U);
    Return(kClass, {blocks[3]});
    EXPECT_FALSE(shards::IsHandedOut(kClass, blocks[3]));
    EXPECT_TRUE(shards::IsHandedOut(kClass, blocks[4]));
    Return(kClass, {blocks[0], blocks[3], blocks[1], blocks[1]});
    EXPECT_EQ(BadFrees(), 2U);
    EXPECT_EQ(shards::Read(0, kClass).used_blocks, 5U);
    EXPECT_EQ(shards::Verify(shards::kMostShards), nullptr);
    std::set<void*> again;
    for (void* block : Take(0, kClass, 3)) again.insert(block);
    EXPECT_EQ(again, (std::set<void*>{blocks[0], blocks[1], blocks[3]}));
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_NE(end.error_text.find("freed before (double free)"), std::string::npos) << end.error_text;
}

// The first of the two empties its slab, which goes before the second is looked at.
TEST(ShardsTest, ABlockTwiceInOneReturnFreesItsSlabOnce) {
  InChild([] {
    ASSERT_TRUE(options::Set(Option::kOnBadFree, "count"));
    constexpr uint32_t kLargest = kClasses - 1;  // two blocks in a slab
    std::vector<void*> blocks = Take(0, kLargest, 2);
    ASSERT_EQ(blocks.size(), 2U);
    blocks.push_back(Take(0, kLargest, 1).at(0));
    Return(kLargest, {blocks[0]});
    Return(kLargest, {blocks[1], blocks[2], blocks[1]});
    EXPECT_EQ(BadFrees(), 1U);
    EXPECT_EQ(shards::Read(0, kLargest).slabs, 0U);
    EXPECT_EQ(shards::Verify(shards::kMostShards), nullptr);
    FutexLockHolder hold(pages::Lock());
    EXPECT_EQ(pages::Verify(), nullptr);
  });
}

// Its slab may have gone, and its pages be another class's.
TEST(ShardsTest, ADoubleReturnAfterItsSlabWentIsReported) {
  InChild([] {
    ASSERT_TRUE(options::Set(Option::kOnBadFree, "count"));
    const std::vector<void*> blocks = Take(0, 0, 1);
    Return(0, blocks);
    Return(0, blocks);
    EXPECT_EQ(BadFrees(), 1U);
    const std::vector<void*> other = Take(0, 5, 1);
    EXPECT_EQ(SlabBegin(5, other[0]), reinterpret_cast<uintptr_t>(blocks[0]) & ~(kPageBytes - 1));
    Return(0, blocks);
    EXPECT_EQ(BadFrees(), 2U);
    EXPECT_TRUE(shards::IsHandedOut(5, other[0]));
    EXPECT_EQ(shards::Verify(shards::kMostShards), nullptr);
  });
}

TEST(ShardsTest, WithoutMemoryNothingIsTaken) {
  InChild([] {
    os::FailNth(os::Call::kMmap, 1, true);
    EXPECT_TRUE(Take(0, 3, 32).empty());
    EXPECT_EQ(shards::Read(0, 3).slabs, 0U);
    os::FailNth(os::Call::kMmap, 0, false);
    EXPECT_FALSE(Take(0, 3, 32).empty());
    EXPECT_EQ(shards::Verify(shards::kMostShards), nullptr);
  });
}

}  // namespace
}  // namespace memgov::arena
