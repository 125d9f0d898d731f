// The file that libcounting.so fills and a measuring program reads, mapped by both.
//
// Safety: plain data and lock-free atomics; the writer never waits for a reader.
// Assumptions: both sides are of the same build. Times are CLOCK_MONOTONIC, so they compare with the reader's
// own.
#ifndef BENCHMARKS_COUNTING_COUNTING_FILE_H_
#define BENCHMARKS_COUNTING_COUNTING_FILE_H_

#include <atomic>
#include <cstdint>

namespace counting {

constexpr uint64_t kMagic = 0x31474e49544e5543;  // "CUNTING1", little endian
constexpr uint32_t kShards = 64;
constexpr uint32_t kSamples = 1 << 20;  // one per millisecond: 17 minutes; the file is sparse until then
constexpr uint64_t kSampleSpacingNs = 1'000'000;

// Threads spread over the shards; one shard may well be negative, only their sum means something.
struct alignas(64) Shard {
  std::atomic<int64_t> requested_bytes;
  std::atomic<int64_t> usable_bytes;
  std::atomic<int64_t> blocks;
};

struct Sample {
  std::atomic<uint64_t> time_ns;  // written last; 0 = not there yet
  uint64_t requested_bytes;
  uint64_t usable_bytes;
};

struct File {
  std::atomic<uint64_t> magic;
  std::atomic<uint32_t> owner;         // process that counts; its children do not
  std::atomic<uint32_t> sample_count;  // may pass kSamples: what is beyond was not kept
  std::atomic<uint64_t> next_sample_ns;
  Shard shards[kShards];
  Sample samples[kSamples];
};

static_assert(std::atomic<uint64_t>::is_always_lock_free && std::atomic<uint32_t>::is_always_lock_free);

}  // namespace counting

#endif  // BENCHMARKS_COUNTING_COUNTING_FILE_H_
