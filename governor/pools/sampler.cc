#include "governor/pools/sampler.h"

#include "governor/pools/pool_table.h"

namespace memgov::sampler {

constinit std::atomic<uint16_t> filter[kFilterSize] = {};

namespace {

// A bucket is eight places; a block lives in one of two buckets. 16,384 places: 8 GB of small live blocks.
// Only pages that are touched cost memory; a process that allocates little touches none.
constexpr int kBuckets = 2048;
constexpr int kPlaces = 8;

// keys[i] == 0: free; otherwise the block that tags[i] describes. A place is claimed by exchanging 0 for
// kReserved; the tag is written, then the key is released. Remove and Reattribute read the key with acquire
// before the tag.
struct alignas(64) Bucket {
  std::atomic<uintptr_t> keys[kPlaces]{};
};
struct alignas(64) Tags {
  std::atomic<Tag> tags[kPlaces]{};
};
constexpr uintptr_t kReserved = 1;

constinit Bucket buckets[kBuckets];
constinit Tags bucket_tags[kBuckets];
constinit std::atomic<uint64_t> freed_kib{0};
constinit std::atomic<uint64_t> dropped{0};

// Tag: weight in KiB (32 bits) | owner (24 bits, from the record's address) | pool (8 bits).
static_assert(kMostPools <= 256);
constexpr uint64_t kOwnerMask = 0xffffff;

uint64_t OwnerBits(const ThreadRecord& record) {
  return (reinterpret_cast<uintptr_t>(&record) / sizeof(ThreadRecord)) & kOwnerMask;
}
constexpr Tag MakeTag(uint64_t weight_kib, uint64_t owner, PoolId pool) {
  return weight_kib << 32 | owner << 8 | pool;
}
constexpr uint64_t WeightKib(Tag tag) { return tag >> 32; }
constexpr uint64_t Owner(Tag tag) { return (tag >> 8) & kOwnerMask; }
constexpr PoolId PoolOf(Tag tag) { return static_cast<PoolId>(tag & 0xff); }

// Fibonacci hashing of the page number (Knuth, TAOCP 6.4), two halves for the two buckets.
struct Buckets {
  explicit Buckets(uintptr_t key) {
    const uint64_t mixed = (key >> 12) * 0x9e3779b97f4a7c15ULL;
    first = static_cast<int>(mixed >> 53);
    second = static_cast<int>((mixed >> 42) & (kBuckets - 1));
  }
  int first;
  int second;
};
static_assert(kBuckets == 1 << 11);

bool InsertInto(int bucket, uintptr_t key, Tag tag) {
  for (int place = 0; place < kPlaces; ++place) {
    uintptr_t expected = 0;
    std::atomic<uintptr_t>& slot = buckets[bucket].keys[place];
    if (slot.load(std::memory_order_relaxed) != 0) continue;
    if (!slot.compare_exchange_strong(expected, kReserved, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
      continue;
    }
    bucket_tags[bucket].tags[place].store(tag, std::memory_order_relaxed);
    slot.store(key, std::memory_order_release);
    return true;
  }
  return false;
}

void AddLive(PoolId pool, uint64_t kib) {
  pools::Get(pool).live_bytes.fetch_add(static_cast<int64_t>(kib * 1024), std::memory_order_relaxed);
}
void SubtractLive(PoolId pool, uint64_t kib) {
  pools::Get(pool).live_bytes.fetch_sub(static_cast<int64_t>(kib * 1024), std::memory_order_relaxed);
}

// Reattribute may be moving the sample: whoever exchanges the tag decides where the weight comes off.
Tag RemoveFrom(int bucket, uintptr_t key) {
  for (int place = 0; place < kPlaces; ++place) {
    std::atomic<uintptr_t>& slot = buckets[bucket].keys[place];
    if (slot.load(std::memory_order_acquire) != key) continue;
    const Tag tag = bucket_tags[bucket].tags[place].exchange(kNoTag, std::memory_order_relaxed);
    slot.store(0, std::memory_order_release);
    return tag;
  }
  return kNoTag;
}

void Place(const void* block, Tag tag) {
  const uintptr_t key = reinterpret_cast<uintptr_t>(block);
  const Buckets place(key);
  AddLive(PoolOf(tag), WeightKib(tag));
  FilterOf(block).fetch_add(1, std::memory_order_relaxed);
  if (InsertInto(place.first, key, tag) || InsertInto(place.second, key, tag)) return;
  SubtractLive(PoolOf(tag), WeightKib(tag));
  FilterOf(block).fetch_sub(1, std::memory_order_relaxed);
  dropped.fetch_add(1, std::memory_order_relaxed);
}

uint64_t NextRandom(uint64_t& state) {  // splitmix64 (Steele, Lea, Flood, OOPSLA 2014)
  uint64_t mixed = state += 0x9e3779b97f4a7c15ULL;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31);
}

// -ln(x) for x in (0, 1], from the exponent and a series in the mantissa; libm is not to be had here. Error <
// 1e-6.
double MinusLog(double x) {
  int exponent = 0;
  while (x < 0.70710678) {
    x *= 2;
    ++exponent;
  }
  const double ratio = (x - 1) / (x + 1);
  const double square = ratio * ratio;
  const double series = 2 * ratio * (1 + square * (1.0 / 3 + square * (1.0 / 5 + square * (1.0 / 7))));
  return exponent * 0.69314718055994531 - series;
}

// exp(-x) for x >= 0: (1 - x/1024 + ...)^1024 by ten squarings. Error < 1e-6.
double ExpMinus(double x) {
  const double step = x / 1024;
  double power = 1 - step + step * step / 2 - step * step * step / 6;
  for (int squaring = 0; squaring < 10; ++squaring) power *= power;
  return power;
}

}  // namespace

double WeightOf(double size, double mean) {
  const double x = size / mean;
  if (x > 32) return size;
  return x < 1e-4 ? mean : size / (1 - ExpMinus(x));
}

uint64_t DrawInterval(uint64_t& random_state, uint64_t mean) {
  const double uniform = static_cast<double>((NextRandom(random_state) >> 11) + 1) * 0x1p-53;  // (0, 1]
  const double drawn = MinusLog(uniform) * static_cast<double>(mean);
  if (drawn < 1) return 1;
  return drawn > 32.0 * static_cast<double>(mean) ? 32 * mean : static_cast<uint64_t>(drawn);
}

bool Trigger(ThreadRecord& record, size_t size) {
  const bool counting = record.sample_interval.load(std::memory_order_relaxed) != 0;
  uint64_t allocated = record.AllocatedBytes() + size;
  uint64_t interval = DrawInterval(record.random_state, kMeanBytes);
  uint64_t left = interval;
  bool sampled = counting;
  if (!counting && interval < size) {  // a thread's first block may be its first sample
    sampled = true;
    interval = left = DrawInterval(record.random_state, kMeanBytes);
  } else if (!counting) {
    left -= size;
    allocated -= size;  // counted by what is left
  }
  record.allocated_base.store(allocated, std::memory_order_relaxed);
  record.sample_interval.store(interval, std::memory_order_relaxed);
  record.sample_left.store(left, std::memory_order_relaxed);
  return sampled;
}

void Insert(const ThreadRecord& record, const void* block, size_t size) {
  const double kib = WeightOf(static_cast<double>(size), static_cast<double>(kMeanBytes)) / 1024;
  const uint32_t weight = kib > UINT32_MAX ? UINT32_MAX : static_cast<uint32_t>(kib + 0.5);
  Place(block, MakeTag(weight, OwnerBits(record), record.current_pool.load(std::memory_order_relaxed)));
}

Tag Remove(const void* block) {
  const uintptr_t key = reinterpret_cast<uintptr_t>(block);
  const Buckets place(key);
  Tag tag = RemoveFrom(place.first, key);
  if (tag == kNoTag) tag = RemoveFrom(place.second, key);
  if (tag == kNoTag) return kNoTag;
  FilterOf(block).fetch_sub(1, std::memory_order_relaxed);
  SubtractLive(PoolOf(tag), WeightKib(tag));
  freed_kib.fetch_add(WeightKib(tag), std::memory_order_relaxed);
  return tag;
}

void Restore(const void* block, Tag tag) { Place(block, tag); }

namespace {

// What was the unresolved pool's before threads had their names is no peak of its own. Relaxed: a figure for
// people, and the next peak sets it right.
void MovePeak(int64_t bytes) {
  Pool& unresolved = pools::Get(kUnresolvedPool);
  const int64_t live = unresolved.live_bytes.load(std::memory_order_relaxed);
  const int64_t left = unresolved.peak_bytes.load(std::memory_order_relaxed) - bytes;
  unresolved.peak_bytes.store(left > live ? left : live, std::memory_order_relaxed);
}

}  // namespace

void Reattribute(const ThreadRecord& record, PoolId pool) {
  const uint64_t owner = OwnerBits(record);
  uint64_t moved_kib = 0;
  for (int bucket = 0; bucket < kBuckets; ++bucket) {
    for (int place = 0; place < kPlaces; ++place) {
      if (buckets[bucket].keys[place].load(std::memory_order_acquire) <= kReserved) continue;
      std::atomic<Tag>& slot = bucket_tags[bucket].tags[place];
      Tag tag = slot.load(std::memory_order_relaxed);
      if (Owner(tag) != owner || PoolOf(tag) != kUnresolvedPool || tag == kNoTag) continue;
      const Tag moved = MakeTag(WeightKib(tag), owner, pool);
      if (!slot.compare_exchange_strong(tag, moved, std::memory_order_relaxed)) continue;
      SubtractLive(kUnresolvedPool, WeightKib(tag));
      AddLive(pool, WeightKib(tag));
      moved_kib += WeightKib(tag);
    }
  }
  MovePeak(static_cast<int64_t>(moved_kib * 1024));
}

uint64_t FreedBytes() { return freed_kib.load(std::memory_order_relaxed) * 1024; }
uint64_t DroppedSamples() { return dropped.load(std::memory_order_relaxed); }

}  // namespace memgov::sampler
