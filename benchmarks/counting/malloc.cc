// libcounting.so: the malloc family, forwarded to the next allocator with every live byte counted.
//
// How a block's requested size is known at free: every block is asked 8 bytes larger, and its last 8 usable
// bytes keep the size with a check of the address. Addresses and alignments stay the next allocator's own, so
// a block that was made before this object, or behind its back, is recognised (its check fails) and passed on
// uncounted. The price: "usable" is what the allocator gives for 8 bytes more, less those 8.
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "live_bytes.h"
#include "next_allocator.h"

namespace counting {
namespace {

constexpr size_t kTagBytes = sizeof(uint64_t);
constexpr unsigned kSizeBits = 40;
constexpr uint64_t kSizeMask = (uint64_t{1} << kSizeBits) - 1;
constexpr size_t kPageBytes = 4096;

bool TooLarge(size_t bytes) { return bytes > static_cast<size_t>(PTRDIFF_MAX) - 2 * kPageBytes; }

void* OutOfMemory() {
  errno = ENOMEM;
  return nullptr;
}

uint64_t CheckOf(const void* block) {
  return (reinterpret_cast<uintptr_t>(block) * 0x9e3779b97f4a7c15U) & ~kSizeMask;
}

struct Block {
  bool counted;
  int64_t requested;
  int64_t usable;
};

char* TagOf(void* block, size_t usable_with_tag) {
  return static_cast<char*>(block) + usable_with_tag - kTagBytes;
}

Block Inspect(const NextAllocator& next, void* block) {
  const size_t usable = next.usable_size(block);
  if (usable < kTagBytes) return {.counted = false, .requested = 0, .usable = 0};
  uint64_t tag;
  memcpy(&tag, TagOf(block, usable), kTagBytes);
  const uint64_t requested = tag & kSizeMask;
  const bool counted = (tag & ~kSizeMask) == CheckOf(block) && requested <= usable - kTagBytes;
  return {.counted = counted,
          .requested = static_cast<int64_t>(requested),
          .usable = static_cast<int64_t>(usable - kTagBytes)};
}

Block Tag(const NextAllocator& next, void* block, size_t requested) {
  const size_t usable = next.usable_size(block);
  const uint64_t tag = CheckOf(block) | requested;
  memcpy(TagOf(block, usable), &tag, kTagBytes);
  return {.counted = true,
          .requested = static_cast<int64_t>(requested),
          .usable = static_cast<int64_t>(usable - kTagBytes)};
}

void* CountNew(const NextAllocator& next, void* block, size_t requested) {
  if (block == nullptr) return nullptr;
  const Block made = Tag(next, block, requested);
  Count(made.requested, made.usable, 1);
  return block;
}

// Removes the tag too: the same address may come back from the next allocator's own doings.
void CountGone(const NextAllocator& next, void* block) {
  const Block gone = Inspect(next, block);
  if (!gone.counted) return;
  memset(TagOf(block, static_cast<size_t>(gone.usable) + kTagBytes), 0, kTagBytes);
  Count(-gone.requested, -gone.usable, -1);
}

void* AllocateAligned(size_t alignment, size_t bytes) {
  const NextAllocator* const next = Next();
  if (next == nullptr || TooLarge(bytes)) return OutOfMemory();
  return CountNew(*next, next->allocate_aligned(alignment, bytes + kTagBytes), bytes);
}

bool IsPowerOfTwo(size_t value) { return value != 0 && (value & (value - 1)) == 0; }

}  // namespace
}  // namespace counting

using counting::kTagBytes;
using counting::Next;
using counting::NextAllocator;

#pragma GCC visibility push(default)
extern "C" {

void* malloc(size_t bytes) {
  const NextAllocator* const next = Next();
  if (next == nullptr || counting::TooLarge(bytes)) return counting::OutOfMemory();
  return counting::CountNew(*next, next->allocate(bytes + kTagBytes), bytes);
}

void* calloc(size_t count, size_t bytes) {
  const NextAllocator* const next = Next();
  size_t total = 0;
  if (next == nullptr || __builtin_mul_overflow(count, bytes, &total) || counting::TooLarge(total)) {
    return counting::OutOfMemory();
  }
  return counting::CountNew(*next, next->allocate_zeroed(1, total + kTagBytes), total);
}

void free(void* block) {
  if (block == nullptr) return;
  const NextAllocator* const next = Next();
  if (next == nullptr) return;
  counting::CountGone(*next, block);
  next->release(block);
}

void* realloc(void* block, size_t bytes) {
  if (block == nullptr) return malloc(bytes);
  if (bytes == 0) {
    free(block);
    return nullptr;
  }
  const NextAllocator* const next = Next();
  if (next == nullptr || counting::TooLarge(bytes)) return counting::OutOfMemory();
  const counting::Block before = counting::Inspect(*next, block);
  void* const moved = next->resize(block, bytes + kTagBytes);
  if (moved == nullptr) return nullptr;
  const counting::Block after = counting::Tag(*next, moved, bytes);
  if (before.counted) {
    counting::Count(after.requested - before.requested, after.usable - before.usable, 0);
  } else {
    counting::Count(after.requested, after.usable, 1);
  }
  return moved;
}

void* reallocarray(void* block, size_t count, size_t bytes) {
  size_t total = 0;
  if (__builtin_mul_overflow(count, bytes, &total)) return counting::OutOfMemory();
  return realloc(block, total);
}

void* memalign(size_t alignment, size_t bytes) { return counting::AllocateAligned(alignment, bytes); }

void* aligned_alloc(size_t alignment, size_t bytes) { return counting::AllocateAligned(alignment, bytes); }

int posix_memalign(void** out, size_t alignment, size_t bytes) {
  if (!counting::IsPowerOfTwo(alignment) || alignment % sizeof(void*) != 0) return EINVAL;
  const int kept_errno = errno;
  void* const block = counting::AllocateAligned(alignment, bytes);
  errno = kept_errno;
  if (block == nullptr) return ENOMEM;
  *out = block;
  return 0;
}

void* valloc(size_t bytes) { return counting::AllocateAligned(counting::kPageBytes, bytes); }

void* pvalloc(size_t bytes) {
  if (counting::TooLarge(bytes)) return counting::OutOfMemory();
  const size_t whole_pages = (bytes + counting::kPageBytes - 1) & ~(counting::kPageBytes - 1);
  return counting::AllocateAligned(counting::kPageBytes, whole_pages);
}

size_t malloc_usable_size(void* block) {
  const NextAllocator* const next = Next();
  if (block == nullptr || next == nullptr) return 0;
  const counting::Block found = counting::Inspect(*next, block);
  return found.counted ? static_cast<size_t>(found.usable) : next->usable_size(block);
}

}  // extern "C"
#pragma GCC visibility pop
