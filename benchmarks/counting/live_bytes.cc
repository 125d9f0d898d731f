#include "live_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "counting_file.h"

namespace counting {
namespace {

// What is counted before the file is open (start-up, other constructors) and after fork.
constinit Shard unread_shards[kShards]{};
constinit std::atomic<Shard*> shards{unread_shards};
constinit std::atomic<File*> file{nullptr};

constinit std::atomic<uint32_t> threads_seen{0};
constinit thread_local uint32_t shard_plus_one = 0;
constinit thread_local uint32_t calls = 0;

// A look at the clock every so many calls keeps the cost of sampling below that of counting.
constexpr uint32_t kCallsPerLook = 16;

Shard& MyShard() {
  if (shard_plus_one == 0) {
    shard_plus_one = 1 + threads_seen.fetch_add(1, std::memory_order_relaxed) % kShards;
  }
  return shards.load(std::memory_order_acquire)[shard_plus_one - 1];
}

uint64_t NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

// The shards are read one after the other while others change: off by what changes meanwhile, below zero
// never.
void AppendSample(File& to, uint64_t now_ns) {
  int64_t requested = 0;
  int64_t usable = 0;
  for (const Shard& shard : to.shards) {
    requested += shard.requested_bytes.load(std::memory_order_relaxed);
    usable += shard.usable_bytes.load(std::memory_order_relaxed);
  }
  const uint32_t at = to.sample_count.fetch_add(1, std::memory_order_relaxed);
  if (at >= kSamples) return;
  to.samples[at].requested_bytes = requested < 0 ? 0 : static_cast<uint64_t>(requested);
  to.samples[at].usable_bytes = usable < 0 ? 0 : static_cast<uint64_t>(usable);
  to.samples[at].time_ns.store(now_ns, std::memory_order_release);
}

void SampleWhenDue() {
  File* const to = file.load(std::memory_order_acquire);
  if (to == nullptr) return;
  const uint64_t now_ns = NowNs();
  uint64_t due_ns = to->next_sample_ns.load(std::memory_order_relaxed);
  if (now_ns < due_ns) return;
  if (to->next_sample_ns.compare_exchange_strong(due_ns, now_ns + kSampleSpacingNs,
                                                 std::memory_order_relaxed)) {
    AppendSample(*to, now_ns);
  }
}

void StopInChild() {
  file.store(nullptr, std::memory_order_release);
  shards.store(unread_shards, std::memory_order_release);
}

File* MapFile(const char* path) {
  const int descriptor = open(path, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  void* mapped = MAP_FAILED;
  if (ftruncate(descriptor, sizeof(File)) == 0) {
    mapped = mmap(nullptr, sizeof(File), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  }
  close(descriptor);
  return mapped == MAP_FAILED ? nullptr : static_cast<File*>(mapped);
}

// Programs that the counted one starts inherit the variable: the first comer owns the file.
bool Claim(File& mapped) {
  uint32_t nobody = 0;
  return mapped.owner.compare_exchange_strong(nobody, static_cast<uint32_t>(getpid()));
}

__attribute__((constructor)) void OpenFile() {
  const char* const path = getenv("MEMGOV_COUNTING_FILE");
  if (path == nullptr || *path == '\0') return;
  const int kept_errno = errno;
  File* const mapped = MapFile(path);
  if (mapped == nullptr) {
    constexpr char kMessage[] =
        "libcounting: MEMGOV_COUNTING_FILE must name an existing file that can be written\n";
    if (write(STDERR_FILENO, kMessage, sizeof kMessage - 1) < 0) errno = kept_errno;
  } else if (Claim(*mapped)) {
    for (uint32_t i = 0; i < kShards; ++i) {
      mapped->shards[i].requested_bytes = unread_shards[i].requested_bytes.load();
      mapped->shards[i].usable_bytes = unread_shards[i].usable_bytes.load();
      mapped->shards[i].blocks = unread_shards[i].blocks.load();
    }
    pthread_atfork(nullptr, nullptr, StopInChild);
    shards.store(mapped->shards, std::memory_order_release);
    file.store(mapped, std::memory_order_release);
    mapped->magic.store(kMagic, std::memory_order_release);
  }
  errno = kept_errno;
}

}  // namespace

void Count(int64_t requested_bytes, int64_t usable_bytes, int64_t blocks) {
  Shard& shard = MyShard();
  shard.requested_bytes.fetch_add(requested_bytes, std::memory_order_relaxed);
  shard.usable_bytes.fetch_add(usable_bytes, std::memory_order_relaxed);
  if (blocks != 0) shard.blocks.fetch_add(blocks, std::memory_order_relaxed);
  if (++calls % kCallsPerLook == 0) SampleWhenDue();
}

}  // namespace counting
