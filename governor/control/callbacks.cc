#include "governor/control/callbacks.h"

#include <pthread.h>
#include <sys/prctl.h>

#include <atomic>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/signals_blocked.h"
#include "governor/budget/budget.h"

namespace memgov::callbacks {
namespace {

struct Entry {
  int id = 0;
  Function invoke = nullptr;
  void* call = nullptr;
  void* data = nullptr;
};

constinit FutexLock lock{LockRank::kCallbacks};
// Under the lock, in the order of registration.
constinit Entry entries[kMostCallbacks];
constinit int count = 0;
constinit int last_id = 0;
constinit Event pending;

// One more with each event; release after `pending` is in place. The futex that the thread sleeps on.
constinit std::atomic<uint32_t> posted{0};
// The id that runs, 0 none: written by the thread under the lock, so that who removed an entry knows whether
// its call is going on; the futex that Unregister sleeps on.
constinit std::atomic<uint32_t> running{0};

enum class Thread : uint8_t { kNone, kStarting, kRunning };
constinit std::atomic<Thread> thread{Thread::kNone};
constinit CreateThread create_thread = nullptr;
constinit thread_local bool is_callback_thread = false;

// Relaxed: figures for reading only.
constinit std::atomic<uint64_t> calls{0};
constinit std::atomic<uint64_t> longest_ns{0};
constinit std::atomic<uint64_t> running_since_ns{0};

const uint32_t* Word(const std::atomic<uint32_t>& value) { return reinterpret_cast<const uint32_t*>(&value); }

// The first entry with a higher id than the last that ran.
bool Begin(int after, Entry* entry, Event* event) {
  FutexLockHolder hold(lock);
  for (int index = 0; index < count; ++index) {
    if (entries[index].id <= after) continue;
    *entry = entries[index];
    *event = pending;
    running.store(static_cast<uint32_t>(entry->id), std::memory_order_relaxed);
    return true;
  }
  return false;
}

void End(uint64_t begin_ns) {
  const uint64_t took_ns = os::NowNanoseconds() - begin_ns;
  if (took_ns > longest_ns.load(std::memory_order_relaxed))
    longest_ns.store(took_ns, std::memory_order_relaxed);
  calls.fetch_add(1, std::memory_order_relaxed);
  running_since_ns.store(0, std::memory_order_relaxed);
  {
    FutexLockHolder hold(lock);
    running.store(0, std::memory_order_release);
  }
  os::FutexWake(Word(running), INT32_MAX);
}

void RunAll() {
  Entry entry;
  Event event;
  while (Begin(entry.id, &entry, &event)) {
    const uint64_t begin_ns = os::NowNanoseconds();
    running_since_ns.store(begin_ns, std::memory_order_relaxed);
    entry.invoke(event, entry.call, entry.data);
    End(begin_ns);
  }
}

void* ThreadMain(void* seen_at_start) {
  CallKernel(SYS_prctl, PR_SET_NAME, "memgov-call", 0, 0, 0);
  is_callback_thread = true;
  budget::NeverWaitOnThisThread();
  uint32_t seen = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(seen_at_start));
  for (;;) {
    const uint32_t now = posted.load(std::memory_order_acquire);
    if (now == seen) {
      os::FutexWait(Word(posted), seen, -1);
      continue;
    }
    seen = now;
    RunAll();
  }
}

// The host's own default stack: what its callbacks need is for the host to know.
bool Create() {
  pthread_attr_t attributes;
  if (create_thread == nullptr || os::FaultFires(os::Call::kPthreadCreate) ||
      pthread_attr_init(&attributes) != 0)
    return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const SignalsBlocked block;
  pthread_t created;
  void* seen = reinterpret_cast<void*>(uintptr_t{posted.load(std::memory_order_relaxed)});
  const int error = create_thread(&created, &attributes, ThreadMain, seen);
  pthread_attr_destroy(&attributes);
  return error == 0;
}

bool EnsureThread() {
  Thread expected = Thread::kNone;
  if (!thread.compare_exchange_strong(expected, Thread::kStarting, std::memory_order_acq_rel)) return true;
  const bool created = Create();
  thread.store(created ? Thread::kRunning : Thread::kNone, std::memory_order_release);
  return created;
}

}  // namespace

void Install(CreateThread create) { create_thread = create; }

int Register(Function invoke, void* call, void* data) {
  if (call == nullptr || !EnsureThread()) return 0;
  FutexLockHolder hold(lock);
  if (count == kMostCallbacks) return 0;
  entries[count++] = {++last_id, invoke, call, data};
  return last_id;
}

bool Unregister(int id) {
  {
    FutexLockHolder hold(lock);
    int index = 0;
    while (index < count && entries[index].id != id) ++index;
    if (index == count) return false;
    for (; index + 1 < count; ++index) entries[index] = entries[index + 1];
    --count;
  }
  if (is_callback_thread) return true;
  while (running.load(std::memory_order_acquire) == static_cast<uint32_t>(id)) {
    os::FutexWait(Word(running), static_cast<uint32_t>(id), -1);
  }
  return true;
}

void StartIfNeeded() {
  bool needed = false;
  if (lock.HeldByThisThread()) return;  // a signal handler, in the middle of Register
  {
    FutexLockHolder hold(lock);
    needed = count != 0;
  }
  if (needed) EnsureThread();
}

void Post(const Event& event) {
  {
    FutexLockHolder hold(lock);
    if (count == 0) return;
    pending = event;
  }
  posted.fetch_add(1, std::memory_order_release);
  os::FutexWake(Word(posted), 1);
}

Counters ReadCounters() {
  const uint64_t since_ns = running_since_ns.load(std::memory_order_relaxed);
  const uint64_t now_ns = since_ns != 0 ? os::NowNanoseconds() : 0;
  return {calls.load(std::memory_order_relaxed), longest_ns.load(std::memory_order_relaxed),
          now_ns > since_ns ? now_ns - since_ns : 0};
}

FutexLock& Lock() { return lock; }

void ResetInChild() {
  thread.store(Thread::kNone, std::memory_order_relaxed);
  running.store(0, std::memory_order_relaxed);
  running_since_ns.store(0, std::memory_order_relaxed);
  calls.store(0, std::memory_order_relaxed);
  longest_ns.store(0, std::memory_order_relaxed);
  is_callback_thread = false;
}

}  // namespace memgov::callbacks
