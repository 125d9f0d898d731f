#include "governor/pools/thread_registry.h"

#include <errno.h>

#include <new>

#include "governor/base/os.h"

namespace memgov::threads {

constinit thread_local ThreadRecord* current = nullptr;

namespace {

constexpr size_t kChunkBytes = size_t{64} << 10;
constexpr size_t kRecordsPerChunk =
    kChunkBytes / sizeof(ThreadRecord) - 1;  // the first place is the header's

// Chunks form a list that only grows; a chunk is 511 records.
struct Chunk {
  Chunk* next;
  uint32_t used;  // records handed out at least once
  alignas(64) ThreadRecord records[kRecordsPerChunk];
};
static_assert(sizeof(Chunk) <= kChunkBytes);

constinit FutexLock registry_lock{LockRank::kRegistry};
// All below: under registry_lock.
constinit Chunk* chunks = nullptr;
constinit ThreadRecord* free_records = nullptr;
constinit ThreadRecord* exiting_first = nullptr;  // oldest first: those are gone first
constinit ThreadRecord* exiting_last = nullptr;
constinit std::atomic<uint32_t> running{0};
constinit std::atomic<uint64_t> retired_allocated{0};

ThreadRecord* Carve() {
  if (chunks == nullptr || chunks->used == kRecordsPerChunk) {
    Chunk* fresh = static_cast<Chunk*>(os::MapAnonymous(kChunkBytes));
    if (fresh == nullptr) return nullptr;
    fresh->next = chunks;  // the kernel zeroed the rest
    chunks = fresh;
  }
  return new (&chunks->records[chunks->used++]) ThreadRecord;
}

void Retire(ThreadRecord* record) {
  retired_allocated.fetch_add(record->AllocatedBytes(), std::memory_order_relaxed);
  record->state.store(ThreadState::kFree, std::memory_order_relaxed);
  record->next = free_records;
  free_records = record;
}

void Append(ThreadRecord* record) {
  record->next = nullptr;
  (exiting_last != nullptr ? exiting_last->next : exiting_first) = record;
  exiting_last = record;
}

// Looks at the oldest few exiting threads; most are gone by now. One that is not goes to the end, so that a
// thread that never ends (a zombie leader, an id in use again) holds nobody up.
void ReclaimExited() {
  for (int probes = 0; probes < 4 && exiting_first != nullptr; ++probes) {
    ThreadRecord* oldest = exiting_first;
    exiting_first = oldest->next;
    if (exiting_first == nullptr) exiting_last = nullptr;
    if (os::ThreadExists(oldest->tid.load(std::memory_order_relaxed))) {
      Append(oldest);
    } else {
      Retire(oldest);
    }
  }
}

// Field by field, with `claimed` left alone: it belongs to whoever releases memory, who may have claimed the
// record for its last owner a moment ago; the new owner then waits for the claim to end like any other.
void Reset(ThreadRecord& record, void* start_routine, void* start_argument) {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  record.sample_left.store(0, kRelaxed);
  record.sample_interval.store(0, kRelaxed);
  record.allocated_base.store(0, kRelaxed);
  record.busy.store(0, kRelaxed);
  record.engine_part.store(nullptr, kRelaxed);
  record.current_pool.store(kUnresolvedPool, kRelaxed);
  record.thread_pool.store(kUnresolvedPool, kRelaxed);
  record.tid.store(0, kRelaxed);
  record.binding.store(Binding::kNone, kRelaxed);
  record.scopes.store(0, kRelaxed);
  record.vfork_thread.store(0, kRelaxed);
  record.start_routine = start_routine;
  record.start_argument = start_argument;
  record.next = nullptr;
  record.resolve_attempts = 0;
  record.looked_ms = static_cast<uint32_t>(os::NowNanoseconds() / 1000000);
  record.seen_allocated = 0;
  record.active_ns = 0;
  record.state.store(ThreadState::kRunning, kRelaxed);
}

}  // namespace

ThreadRecord* Acquire(void* start_routine, void* start_argument) {
  FutexLockHolder hold(registry_lock);
  ReclaimExited();
  ThreadRecord* record = free_records;
  if (record != nullptr) {
    free_records = record->next;
  } else {
    record = Carve();
  }
  if (record == nullptr) return nullptr;
  Reset(*record, start_routine, start_argument);
  running.fetch_add(1, std::memory_order_relaxed);
  return record;
}

void Abandon(ThreadRecord* record) {
  FutexLockHolder hold(registry_lock);
  running.fetch_sub(1, std::memory_order_relaxed);
  Retire(record);
}

ThreadRecord* Adopt(ThreadRecord* record) {
  if (record == nullptr) record = Acquire(nullptr, nullptr);
  if (record == nullptr) return nullptr;
  const pid_t tid = os::ThreadId();
  record->errno_address = &errno;
  record->random_state =
      (static_cast<uint64_t>(tid) << 32) ^ reinterpret_cast<uintptr_t>(record) ^ os::NowNanoseconds();
  if (tid == os::ProcessId()) {
    record->thread_pool.store(kMainPool, std::memory_order_relaxed);
    record->current_pool.store(kMainPool, std::memory_order_relaxed);
    record->binding.store(Binding::kByStartRoutine, std::memory_order_relaxed);
  }
  record->tid.store(tid, std::memory_order_release);
  current = record;
  return record;
}

void MarkExiting(ThreadRecord* record) {
  FutexLockHolder hold(registry_lock);
  if (record->state.load(std::memory_order_relaxed) != ThreadState::kRunning) return;
  record->state.store(ThreadState::kExiting, std::memory_order_relaxed);
  running.fetch_sub(1, std::memory_order_relaxed);
  Append(record);
}

void ForEach(void (*visit)(ThreadRecord& record, void* context), void* context) {
  FutexLockHolder hold(registry_lock);
  for (Chunk* chunk = chunks; chunk != nullptr; chunk = chunk->next) {
    for (uint32_t index = 0; index < chunk->used; ++index) {
      ThreadRecord& record = chunk->records[index];
      if (record.state.load(std::memory_order_relaxed) != ThreadState::kFree) visit(record, context);
    }
  }
}

int Collect(ThreadRecord** out, int capacity, int from) {
  int count = 0;
  ForEachRecord([&](ThreadRecord& record) {
    if (from > 0) {
      --from;
    } else if (count < capacity) {
      out[count++] = &record;
    }
  });
  return count;
}

uint32_t RunningCount() { return running.load(std::memory_order_relaxed); }
uint64_t RetiredAllocatedBytes() { return retired_allocated.load(std::memory_order_relaxed); }

FutexLock& Lock() { return registry_lock; }

void ForgetOthersInChild() {
  exiting_first = exiting_last = nullptr;
  for (Chunk* chunk = chunks; chunk != nullptr; chunk = chunk->next) {
    for (uint32_t index = 0; index < chunk->used; ++index) {
      ThreadRecord& record = chunk->records[index];
      if (&record == current || record.state.load(std::memory_order_relaxed) == ThreadState::kFree) continue;
      Retire(&record);
    }
  }
  running.store(current != nullptr ? 1 : 0, std::memory_order_relaxed);
  if (current == nullptr) return;
  current->tid.store(os::ThreadId(), std::memory_order_relaxed);
  current->vfork_thread.store(0, std::memory_order_relaxed);
}

}  // namespace memgov::threads
