// One thread's cache of free blocks as glibc 2.30 to 2.41 has it (malloc/malloc.c, tcache_perthread_struct),
// and the experiment that proves a piece of memory to be one.
//
// Safety: the thread that owns the cache, or one that keeps it outside malloc; no allocation but in Prove.
#ifndef MEMGOV_SHIM_SYSTEM_CACHE_LAYOUT_H_
#define MEMGOV_SHIM_SYSTEM_CACHE_LAYOUT_H_

#include <cstddef>
#include <cstdint>

namespace memgov {

// A free block: the list of its size goes through it. From 2.32 on `next` is stored mixed with its own
// address
// ("safe-linking"); `key` marks blocks that lie in a cache and is 0 outside.
struct CachedBlock {
  uintptr_t next;
  uintptr_t key;
};

// Plain chains through `next`. Those of `lists` (up to 128 bytes with their header) go into lists of free
// blocks that are merged later; the others are merged as they are freed.
struct CachedBlocks {
  CachedBlock* lists = nullptr;
  CachedBlock* merged = nullptr;
};

struct ThreadCache {
  static constexpr int kSizes = 64;
  static constexpr size_t kSmallest = 24;  // the sizes are this and multiples of 16 above
  static constexpr size_t kStep = 16;
  static constexpr int kListSizes = 7;  // glibc's DEFAULT_MXFAST

  uint16_t counts[kSizes];
  CachedBlock* blocks[kSizes];

  // Unlinks every block.
  void TakeAll(bool mixed, CachedBlocks& into);

  // A cache that says it is full takes no block: then free puts it into its arena. Must be empty, and its
  // owner must not allocate before Open.
  void Close();
  void Open();
};
static_assert(sizeof(ThreadCache) == 640);

enum class CacheProof : uint8_t { kNone, kPlain, kMixed };

// Is that the calling thread's cache? Allocates and frees a few blocks of three sizes and looks at what they
// do to it. `candidate` must be readable for sizeof(ThreadCache).
CacheProof Prove(const ThreadCache* candidate);

}  // namespace memgov

#endif  // MEMGOV_SHIM_SYSTEM_CACHE_LAYOUT_H_
