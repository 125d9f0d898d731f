// Live bytes by pool, by sampling: one block per 512 KiB allocated, on average, chosen so that each byte is
// as likely as any other to be the one that triggers (a Poisson process, as in tcmalloc's and jemalloc's heap
// profilers). A sampled block of s bytes stands for s / (1 - exp(-s / 512 KiB)) bytes until it is freed,
// which makes the sum an unbiased estimate; for L live bytes in small blocks its standard error is sqrt(L *
// 512 KiB).
//
// A small block that is sampled is placed on a page boundary, so that a free looks up only what lies there
// (or 16 bytes behind, where glibc puts blocks that it maps one by one) or is large.
//
// Safety: any thread that has a record, no locks, no allocation. A block is inserted by the thread that
// allocated it before anybody else knows its address, and removed by the one thread that frees it.
#ifndef MEMGOV_GOVERNOR_POOLS_SAMPLER_H_
#define MEMGOV_GOVERNOR_POOLS_SAMPLER_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/pools/thread_record.h"

namespace memgov::sampler {

constexpr uint64_t kMeanBytes = 512 << 10;
constexpr uintptr_t kAlignment = 4096;

// From here on a sample stays where the engine puts it: an aligned large block would leave two odd holes
// behind.
constexpr size_t kLargeBytes = 32 << 10;

// How many samples lie in pages whose number has these low bits: what most look-ups end with. Raised before a
// sampled block's address is known to anybody, lowered when it is freed; relaxed, because the block itself
// passes between threads in order.
constexpr size_t kFilterSize = 16384;
extern constinit std::atomic<uint16_t> filter[kFilterSize];

inline std::atomic<uint16_t>& FilterOf(const void* block) {
  return filter[(reinterpret_cast<uintptr_t>(block) >> 12) & (kFilterSize - 1)];
}

inline bool MayHold(const void* block) { return FilterOf(block).load(std::memory_order_relaxed) != 0; }

inline bool IsSamplePlace(const void* block) {
  return (reinterpret_cast<uintptr_t>(block) & (kAlignment - 1) & ~uintptr_t{16}) == 0;
}

// What a sample knows: pool, owner and weight in one word, so that moving and removing it are single
// exchanges.
using Tag = uint64_t;
constexpr Tag kNoTag = 0;

// Called when `size` bytes overdraw the record's sample_left. Starts the next interval. True when this
// allocation is to be sampled.
bool Trigger(ThreadRecord& record, size_t size);

// Records a block that Trigger chose. When the table is full the sample is dropped and counted.
void Insert(const ThreadRecord& record, const void* block, size_t size);

// The block is about to be freed or moved: before the engine may hand its address to somebody else. Its tag,
// or kNoTag when it was no sample. Restore undoes it when a resize failed.
Tag Remove(const void* block);
void Restore(const void* block, Tag tag);

// Moves the samples that `record` took before its pool was known. Walks the whole table: tens of
// microseconds.
void Reattribute(const ThreadRecord& record, PoolId pool);

// For reading: sums of weights since the start.
uint64_t FreedBytes();
uint64_t DroppedSamples();

// size / (1 - exp(-size / mean)): what one sample stands for.
double WeightOf(double size, double mean);

// The next interval: exponential with the given mean, at least 1 byte, at most 32 means.
uint64_t DrawInterval(uint64_t& random_state, uint64_t mean);

}  // namespace memgov::sampler

#endif  // MEMGOV_GOVERNOR_POOLS_SAMPLER_H_
