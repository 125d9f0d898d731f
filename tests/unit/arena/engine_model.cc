#include "unit/arena/engine_model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "shim/arena/arena_engine.h"
#include "shim/arena/page_heap.h"
#include "unit/arena/pattern.h"

namespace memgov::arena {

void EngineModel::Enter(void* block, size_t alignment, size_t size, bool zeroed) {
  ASSERT_NE(block, nullptr) << size;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignment, 0U) << size << " on " << alignment;
  const size_t usable = ArenaEngine::UsableSize(block);
  EXPECT_GE(usable, std::max(size, size_t{1}));
  EXPECT_TRUE(!zeroed || IsZero(block, size)) << size << " bytes that are not zero";
  usable_bytes_ += usable;
  FillPattern(block, usable, next_seed_);
  blocks_.push_back({static_cast<char*>(block), size, next_seed_++});
}

// As malloc does.
void EngineModel::Allocate(size_t size) {
  Enter(ArenaEngine::AllocateCounted(size, &ArenaEngine::Allocate, &ArenaEngine::Allocate), 16, size, false);
}

void EngineModel::AllocateZeroed(size_t size) { Enter(ArenaEngine::AllocateZeroed(size), 16, size, true); }

void EngineModel::AllocateAligned(size_t alignment, size_t size, bool zeroed) {
  Enter(ArenaEngine::AllocateAligned(alignment, size, zeroed), alignment, size, zeroed);
}

void EngineModel::AllocateSample(size_t alignment, size_t size, bool zeroed) {
  void* block = ArenaEngine::AllocateSample(alignment, size, zeroed);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % kPageBytes, 0U);
  EXPECT_FALSE(ArenaEngine::TryFree(block)) << "a sample is Free's";
  Enter(block, alignment, size, zeroed);
}

void EngineModel::Resize(size_t place, size_t size) {
  ModelBlock& block = blocks_[place];
  const size_t usable = ArenaEngine::UsableSize(block.at);
  EXPECT_TRUE(HasPattern(block.at, usable, block.seed)) << "content changed before a resize";
  void* moved = ArenaEngine::Resize(block.at, size);
  ASSERT_NE(moved, nullptr) << size;
  const size_t now_usable = ArenaEngine::UsableSize(moved);
  EXPECT_GE(now_usable, size);
  const size_t kept = std::min(std::min(usable, size), now_usable) / 8 * 8;
  EXPECT_TRUE(HasPattern(moved, kept, block.seed)) << usable << " to " << size << ": content lost";
  usable_bytes_ += now_usable - usable;
  block.at = static_cast<char*>(moved);
  block.size = size;
  FillPattern(moved, now_usable, block.seed);
}

void EngineModel::Free(size_t place) {
  const ModelBlock block = blocks_[place];
  const size_t usable = ArenaEngine::UsableSize(block.at);
  EXPECT_TRUE(HasPattern(block.at, usable, block.seed)) << "content of " << block.size << " bytes changed";
  usable_bytes_ -= usable;
  if (!ArenaEngine::TryFree(block.at)) ArenaEngine::Free(block.at);
  blocks_[place] = blocks_.back();
  blocks_.pop_back();
}

void EngineModel::FreeAll() {
  while (!blocks_.empty()) Free(blocks_.size() - 1);
}

void EngineModel::CheckContent() const {
  for (const ModelBlock& block : blocks_) {
    EXPECT_TRUE(HasPattern(block.at, ArenaEngine::UsableSize(block.at), block.seed));
  }
}

namespace {

// Blocks and what is wasted behind them, over all classes.
uint64_t BytesInClasses() {
  uint64_t bytes = 0;
  EngineClass size_class;
  for (uint32_t index = 0; ArenaEngine::DescribeClass(index, &size_class); ++index)
    bytes +=
        (size_class.used_blocks + size_class.free_blocks) * size_class.block_bytes + size_class.waste_bytes;
  return bytes;
}

}  // namespace

void EngineModel::CheckFigures() const {
  EngineFigures figures;
  ASSERT_TRUE(ArenaEngine::Describe(&figures));
  EXPECT_EQ(figures.live_bytes, usable_bytes_);
  const pages::Figures read = pages::Read();
  EXPECT_EQ(figures.HeldBytes(), read.HeldBytes());
  EXPECT_EQ(figures.HeldBytes(), ArenaEngine::HeldBytes());
  EXPECT_EQ(figures.live_bytes + figures.fragmentation_bytes + figures.slot_bytes,
            read.slab_bytes + read.large_bytes);
  EXPECT_EQ(figures.dirty_bytes, read.dirty_bytes);
  EXPECT_EQ(ArenaEngine::ReleasableBytes(), figures.dirty_bytes + figures.slot_bytes);
  EXPECT_EQ(BytesInClasses(), read.slab_bytes);
  EXPECT_GE(figures.usable_bytes, figures.HeldBytes());
  EXPECT_GE(figures.reserved_bytes, figures.usable_bytes);
}

}  // namespace memgov::arena
