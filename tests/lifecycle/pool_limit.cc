// A pool at its hard limit gets no more memory, in small blocks and large, until some of its own is free;
// other pools notice nothing. Engines without exact books say that they cannot.
#include <memgov/advanced.h>
#include <stdint.h>

#include <atomic>

#include "lifecycle/pools.h"

namespace {

constexpr size_t kMega = size_t{1} << 20;
constexpr size_t kLimit = 32 * kMega;
constexpr size_t kLeast = kLimit / 10 * 8;  // the rest: classes, slabs that are begun, heaps of threads
constexpr int kThreads = 6;

std::atomic<size_t> taken_bytes{0};

struct Chain {
  Chain* next;
};

// Until there is no more.
Chain* Fill(size_t block_bytes) {
  Chain* first = nullptr;
  for (;;) {
    errno = 0;
    Chain* block = static_cast<Chain*>(malloc(block_bytes));
    if (block == nullptr) break;
    memset(static_cast<void*>(block), 1, block_bytes);
    block->next = first;
    first = block;
    taken_bytes += block_bytes;
    CHECK(taken_bytes <= kLimit);
  }
  CHECK_EQ(errno, ENOMEM);
  return first;
}

void Empty(Chain* first, size_t block_bytes) {
  while (first != nullptr) {
    Chain* const next = first->next;
    free(first);
    first = next;
    taken_bytes -= block_bytes;
  }
}

constexpr size_t kSmall = 200;

void* FillInPool(void*) {
  CHECK_EQ(memgov_pool_bind("tight"), 0);
  return Fill(kSmall);
}

void* TakeInOther(void*) {
  CHECK_EQ(memgov_pool_bind("roomy"), 0);
  for (size_t size : {size_t{200}, size_t{20000}, kMega}) {
    Chain* first = nullptr;
    for (size_t bytes = 0; bytes < 2 * kLimit; bytes += size) {
      Chain* block = static_cast<Chain*>(malloc(size));
      CHECK(block != nullptr);
      block->next = first;
      first = block;
    }
    while (first != nullptr) {
      Chain* const next = first->next;
      free(first);
      first = next;
    }
  }
  return nullptr;
}

void Join(pthread_t thread, void** result) { CHECK_EQ(pthread_join(thread, result), 0); }

void CheckArguments() {
  CHECK(memgov_pool_limit("tight") == MEMGOV_UNLIMITED);
  CHECK(memgov_pool_limit(nullptr) == MEMGOV_UNLIMITED);
  CHECK_EQ(memgov_pool_limit_set(nullptr, kLimit), -1);
  CHECK_EQ(memgov_pool_limit_set("", kLimit), -1);
  CHECK_EQ(memgov_pool_limit_set("tight", 4 * kMega - 1), -1);
  CHECK_EQ(memgov_pool_limit_set("tight", 0), -1);
  CHECK(memgov_pool_limit("tight") == MEMGOV_UNLIMITED);
}

bool CountsExactly() {
  const char* engine = getenv("MEMGOV_TEST_ENGINE");
  return strcmp(engine, "arena") == 0 ||
         (strcmp(engine, "mimalloc") == 0 && getenv("MEMGOV_MIMALLOC") != nullptr);
}

uint64_t Refused() {
  memgov_counters_t counters = {};
  counters.size = sizeof counters;
  CHECK_EQ(memgov_counters(&counters), 0);
  return counters.refused_allocations;
}

void FillFromManyThreads() {
  pthread_t threads[kThreads], other;
  for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, FillInPool, nullptr), 0);
  CHECK_EQ(pthread_create(&other, nullptr, TakeInOther, nullptr), 0);
  void* chains[kThreads];
  for (int index = 0; index < kThreads; ++index) Join(threads[index], &chains[index]);
  Join(other, nullptr);
  CHECK(taken_bytes > kLeast);
  CHECK(PoolNamed("tight").held_bytes <= kLimit + kMega);
  CHECK(Refused() >= kThreads);
  for (void* chain : chains) Empty(static_cast<Chain*>(chain), kSmall);
}

// In a scope of the pool, on a thread of another.
void TakeLarge() {
  const uint32_t token = memgov_pool_enter("tight");
  CHECK(malloc(2 * kLimit) == nullptr);
  CHECK(malloc(kLimit + 1) == nullptr);
  void* block = malloc(kLimit / 2);
  CHECK(block != nullptr);
  CHECK(realloc(block, 2 * kLimit) == nullptr);
  CHECK(calloc(kLimit, 1) == nullptr);
  free(block);
  Chain* const chain = Fill(20000);
  CHECK(taken_bytes > kLeast);
  Empty(chain, 20000);
  CHECK_EQ(memgov_pool_leave(token), 0);
  block = malloc(2 * kLimit);
  CHECK(block != nullptr);
  free(block);
}

}  // namespace

int main() {
  Watchdog(100);
  CheckArguments();
  if (!CountsExactly()) {
    CHECK_EQ(memgov_pool_limit_set("tight", kLimit), -1);
    return 0;
  }
  CHECK_EQ(memgov_pool_limit_set("tight", kLimit), 0);
  CHECK_EQ(memgov_pool_limit("tight"), kLimit);
  for (int round = 0; round < 3; ++round) {
    FillFromManyThreads();
    memgov_release(SIZE_MAX);
    TakeLarge();
  }
  CHECK_EQ(memgov_pool_limit_set("tight", MEMGOV_UNLIMITED), 0);
  CHECK(memgov_pool_limit("tight") == MEMGOV_UNLIMITED);
  const uint32_t token = memgov_pool_enter("tight");
  void* block = malloc(2 * kLimit);
  CHECK(block != nullptr);
  free(block);
  CHECK_EQ(memgov_pool_leave(token), 0);
}
