// What is the arena engine's, and what lies beside it: another allocator in the same GiB.
#include "shim/arena/chunk.h"

#include <gtest/gtest.h>

#include "shim/mimalloc/mimalloc_engine.h"

namespace memgov::arena {
namespace {

void* At(const Chunk& chunk, size_t offset) { return reinterpret_cast<void*>(chunk.AddressOf(0) + offset); }

TEST(ChunkTest, EndsBeforeItsGiBDoes) {
  Chunk* chunk = MakeChunk(kSmallestChunkPages);
  ASSERT_NE(chunk, nullptr);
  const size_t bytes = size_t{kSmallestChunkPages} * kPageBytes;
  EXPECT_EQ(ChunkHolding(At(*chunk, bytes - 1)), chunk);
  EXPECT_TRUE(mimalloc::IsArenas(At(*chunk, bytes - 1)));
  for (const size_t offset : {bytes, kChunkAlignment / 2, kChunkAlignment - 1}) {
    EXPECT_EQ(ChunkHolding(At(*chunk, offset)), nullptr) << offset;
    EXPECT_FALSE(mimalloc::IsArenas(At(*chunk, offset))) << offset;
  }
  LeaveRoots(*chunk);
  EXPECT_FALSE(mimalloc::IsArenas(chunk));
  UnmapChunk(chunk);
}

TEST(ChunkTest, ASingleBlockOfMoreThanAGiBIsOneToItsEnd) {
  const auto pages = static_cast<uint32_t>((size_t{3} << 30) / kPageBytes);
  Chunk* chunk = MakeSingleChunk(pages, 4096);
  ASSERT_NE(chunk, nullptr);
  const size_t bytes = size_t{chunk->pages} * kPageBytes;
  EXPECT_TRUE(mimalloc::IsArenas(At(*chunk, bytes - 1)));
  EXPECT_FALSE(mimalloc::IsArenas(At(*chunk, bytes)));
  LeaveRoots(*chunk);
  UnmapChunk(chunk);
}

}  // namespace
}  // namespace memgov::arena
