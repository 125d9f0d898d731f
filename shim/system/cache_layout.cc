#include "shim/system/cache_layout.h"

#include "shim/system/real_libc.h"

namespace memgov {
namespace {

// glibc's PROTECT_PTR: the address of the word, without its lowest twelve bits, over what it holds.
uintptr_t Mixed(const CachedBlock* block, uintptr_t next) {
  return next ^ (reinterpret_cast<uintptr_t>(&block->next) >> 12);
}

constexpr int kMostHeld = 64;

size_t BytesOf(int size_index) {
  return ThreadCache::kSmallest + ThreadCache::kStep * static_cast<size_t>(size_index);
}

// What two frees and one malloc of a size must do to a cache with room for them, each step seen.
CacheProof ProveWith(const volatile ThreadCache& cache, int size_index, CachedBlock* first,
                     CachedBlock* second) {
  const auto release = real_libc::release.Get();
  const int before = cache.counts[size_index];
  release(first);
  bool as_known = cache.counts[size_index] == before + 1 && cache.blocks[size_index] == first;
  release(second);
  as_known = as_known && first != nullptr && second != nullptr && cache.counts[size_index] == before + 2 &&
             cache.blocks[size_index] == second;
  if (!as_known) return CacheProof::kNone;
  const uintptr_t link = *const_cast<volatile uintptr_t*>(&second->next);
  const uintptr_t expected = reinterpret_cast<uintptr_t>(first);
  void* again = real_libc::allocate.Get()(BytesOf(size_index));
  as_known = again == second && cache.counts[size_index] == before + 1 && cache.blocks[size_index] == first;
  release(again);
  if (!as_known) return CacheProof::kNone;
  if (link == Mixed(second, expected)) return CacheProof::kMixed;
  return link == expected ? CacheProof::kPlain : CacheProof::kNone;
}

CacheProof ProveSize(const volatile ThreadCache& cache, int size_index) {
  const auto allocate = real_libc::allocate.Get();
  const size_t bytes = BytesOf(size_index);
  auto* first = static_cast<CachedBlock*>(allocate(bytes));
  auto* second = static_cast<CachedBlock*>(allocate(bytes));
  // They may have come from elsewhere and brought others into the cache, up to its bound: it must have room.
  void* held[kMostHeld];
  int holding = 0;
  while (cache.counts[size_index] > 0 && holding < kMostHeld) held[holding++] = allocate(bytes);
  const CacheProof proof = ProveWith(cache, size_index, first, second);
  while (holding > 0) real_libc::release.Get()(held[--holding]);
  return proof;
}

}  // namespace

void ThreadCache::TakeAll(bool mixed, CachedBlocks& into) {
  for (int size = 0; size < kSizes; ++size) {
    CachedBlock*& chain = size < kListSizes ? into.lists : into.merged;
    CachedBlock* block = blocks[size];
    for (int left = counts[size]; left > 0 && block != nullptr; --left) {
      const uintptr_t next = mixed ? Mixed(block, block->next) : block->next;
      block->next = reinterpret_cast<uintptr_t>(chain);
      block->key = 0;
      chain = block;
      block = reinterpret_cast<CachedBlock*>(next);
    }
    blocks[size] = nullptr;
    counts[size] = 0;
  }
}

void ThreadCache::Close() {
  for (uint16_t& count : counts) count = UINT16_MAX;
}

void ThreadCache::Open() {
  for (uint16_t& count : counts) count = 0;
}

CacheProof Prove(const ThreadCache* candidate) {
  constexpr int kSomeSizes[] = {0, 20, ThreadCache::kSizes - 1};
  CacheProof proof = CacheProof::kNone;
  for (int size_index : kSomeSizes) {
    const CacheProof one = ProveSize(*candidate, size_index);
    if (one == CacheProof::kNone || (proof != CacheProof::kNone && one != proof)) return CacheProof::kNone;
    proof = one;
  }
  return proof;
}

}  // namespace memgov
