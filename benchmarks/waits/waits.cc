// libwaits.so: malloc, calloc, realloc, memalign, aligned_alloc and plain operator new, timed and forwarded
// to the next allocator. What else there is (frees, posix_memalign) goes there directly.
//
// At exit it writes one line of JSON into the file that WAITS_FILE names: how many allocations there were,
// and how long they took. WAITS_TRIM=1: a thread calls malloc_trim(0) each second, as people do who have
// glibc. Times are those of the clock on the wall: they include what a thread waits for a CPU.
//
// Safety: any thread, before main and after it; nothing here allocates but the look-up of the next allocator.
// Assumptions: the program ends by exit and does not fork (a child would write the same file).
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <bit>

#include "next_allocator.h"

namespace {

using counting::Next;
using counting::NextAllocator;

// Exact below 64 ns, then 32 steps for each doubling: 3 %.
constexpr uint32_t kSubSteps = 32;
constexpr uint32_t kSteps = 40 * kSubSteps;
constexpr uint32_t kShards = 64;

uint32_t StepOf(uint64_t nanoseconds) {
  if (nanoseconds < 2 * kSubSteps) return static_cast<uint32_t>(nanoseconds);
  const auto shift = static_cast<uint32_t>(std::bit_width(nanoseconds)) - 6;
  const uint32_t step = shift * kSubSteps + static_cast<uint32_t>(nanoseconds >> shift);
  return step < kSteps ? step : kSteps - 1;
}

// The upper end of a step.
uint64_t NanosecondsOf(uint32_t step) {
  if (step < 2 * kSubSteps) return step;
  const uint32_t shift = step / kSubSteps - 1;
  return ((uint64_t{step} - shift * kSubSteps + 1) << shift) - 1;
}

// Threads spread over the shards; relaxed counts, read at exit.
struct alignas(64) Shard {
  std::atomic<uint64_t> counts[kSteps];
  std::atomic<uint64_t> longest_ns;
};
constinit Shard shards[kShards]{};
constinit std::atomic<uint32_t> threads_seen{0};
constinit thread_local uint32_t shard_plus_one = 0;

uint64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

void Count(uint64_t nanoseconds) {
  if (shard_plus_one == 0)
    shard_plus_one = 1 + threads_seen.fetch_add(1, std::memory_order_relaxed) % kShards;
  Shard& shard = shards[shard_plus_one - 1];
  shard.counts[StepOf(nanoseconds)].fetch_add(1, std::memory_order_relaxed);
  uint64_t longest = shard.longest_ns.load(std::memory_order_relaxed);
  while (nanoseconds > longest &&
         !shard.longest_ns.compare_exchange_weak(longest, nanoseconds, std::memory_order_relaxed)) {
  }
}

template <typename F>
void* Timed(F&& allocate) {
  const NextAllocator* const next = Next();
  if (next == nullptr) {
    errno = ENOMEM;
    return nullptr;
  }
  const uint64_t begin_ns = NowNs();
  void* const block = allocate(*next);
  Count(NowNs() - begin_ns);
  return block;
}

struct Sum {
  uint64_t counts[kSteps] = {};
  uint64_t all = 0;
  uint64_t longest_ns = 0;

  // Nearest rank.
  uint64_t PerMillion(uint64_t rank) const {
    uint64_t below = 0;
    for (uint32_t step = 0; step < kSteps; ++step) {
      below += counts[step];
      if (below * 1'000'000 >= all * rank) return NanosecondsOf(step);
    }
    return longest_ns;
  }
};

void AddUp(Sum& sum) {
  for (const Shard& shard : shards) {
    for (uint32_t step = 0; step < kSteps; ++step) {
      const uint64_t count = shard.counts[step].load(std::memory_order_relaxed);
      sum.counts[step] += count;
      sum.all += count;
    }
    const uint64_t longest_ns = shard.longest_ns.load(std::memory_order_relaxed);
    if (longest_ns > sum.longest_ns) sum.longest_ns = longest_ns;
  }
}

void* TrimEachSecond(void*) {
  for (;;) {
    sleep(1);
    malloc_trim(0);
  }
}

__attribute__((constructor)) void Begin() {
  const char* const trim = getenv("WAITS_TRIM");
  pthread_t thread;
  if (trim == nullptr || *trim != '1') return;
  if (pthread_create(&thread, nullptr, TrimEachSecond, nullptr) == 0) pthread_detach(thread);
}

__attribute__((destructor)) void Write() {
  const char* const path = getenv("WAITS_FILE");
  if (path == nullptr || *path == '\0') return;
  static Sum sum;
  AddUp(sum);
  char line[256];
  const int length = snprintf(line, sizeof line,
                              "{\"allocations\": %lu, \"p50_ns\": %lu, \"p999_ns\": %lu, \"p9999_ns\": %lu, "
                              "\"longest_ns\": %lu}\n",
                              sum.all, sum.PerMillion(500'000), sum.PerMillion(999'000),
                              sum.PerMillion(999'900), sum.longest_ns);
  const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0 || write(descriptor, line, static_cast<size_t>(length)) != length) {
    constexpr char kMessage[] = "libwaits: WAITS_FILE must name a file that can be written\n";
    if (write(STDERR_FILENO, kMessage, sizeof kMessage - 1) < 0) return;
  }
  if (descriptor >= 0) close(descriptor);
}

}  // namespace

#pragma GCC visibility push(default)
extern "C" {

void* malloc(size_t bytes) {
  return Timed([=](const NextAllocator& next) { return next.allocate(bytes); });
}

void* calloc(size_t count, size_t bytes) {
  return Timed([=](const NextAllocator& next) { return next.allocate_zeroed(count, bytes); });
}

void* realloc(void* block, size_t bytes) {
  return Timed([=](const NextAllocator& next) { return next.resize(block, bytes); });
}

void* memalign(size_t alignment, size_t bytes) {
  return Timed([=](const NextAllocator& next) { return next.allocate_aligned(alignment, bytes); });
}

void* aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

}  // extern "C"
#pragma GCC visibility pop
