#include "shim/thread_hooks.h"

#include <errno.h>

#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"
#include "shim/bystander.h"
#include "shim/engine_choice.h"
#include "shim/fork.h"
#include "shim/next_symbol.h"

namespace memgov {
namespace {

// Looked up on first use: other libraries' constructors may create threads before ours has run. Racing
// threads find the same address.
struct RealFunctions {
  std::atomic<int (*)(void*, const void*, ThreadRoutine, void*)> create{nullptr};
  std::atomic<int (*)(unsigned*, KeyDestructor)> create_key{nullptr};
  std::atomic<int (*)(unsigned, const void*)> set_specific{nullptr};
  std::atomic<int (*)(void*, size_t)> set_stack_size{nullptr};
};
constinit RealFunctions real;

// The key whose destructor says that a thread is ending.
enum : uint32_t { kNoKey = 0, kMakingKey = 1, kUnavailable = 2, kKeyBase = 3 };
constinit std::atomic<uint32_t> exit_key{kNoKey};

void NoteThreadExit(void* record) { threads::MarkExiting(static_cast<ThreadRecord*>(record)); }

// Made by the first thread that needs it; one that comes meanwhile waits the microsecond.
uint32_t ExitKey() {
  uint32_t key = exit_key.load(std::memory_order_acquire);
  if (key >= kKeyBase) return key;
  uint32_t expected = kNoKey;
  if (exit_key.compare_exchange_strong(expected, kMakingKey, std::memory_order_acq_rel)) {
    unsigned made = 0;
    const auto create_key = RealKeyCreate();
    const bool ok = create_key != nullptr && create_key(&made, NoteThreadExit) == 0;
    exit_key.store(ok ? kKeyBase + made : kUnavailable, std::memory_order_release);
  }
  while ((key = exit_key.load(std::memory_order_acquire)) == kMakingKey) os::SleepNanoseconds(1000);
  return key;
}

// Before the first thread that the process makes by pthread_create.
void PrepareForThreads() {
  static constinit std::atomic<bool> prepared{false};
  if (!prepared.load(std::memory_order_relaxed) && !prepared.exchange(true, std::memory_order_relaxed)) {
    ChosenEngine::BeforeFirstThread();
  }
}

// pthread_setspecific may allocate (its second level has 32 keys a block), on a thread that has its record by
// now.
void WatchExit(ThreadRecord* record) {
  const uint32_t key = ExitKey();
  if (key < kKeyBase) return;
  const auto set_specific = FindNextOnce(real.set_specific, "pthread_setspecific");
  if (set_specific != nullptr) set_specific(key - kKeyBase, record);
}

void* RunThread(void* argument) {
  ThreadRecord* record = static_cast<ThreadRecord*>(argument);
  const auto routine = reinterpret_cast<ThreadRoutine>(record->start_routine);
  void* routine_argument = record->start_argument;
  threads::Adopt(record);
  WatchExit(record);
  return routine(routine_argument);
}

}  // namespace

ThreadRecord* RegisterThisThread() {
  if (surface::Bystander() || IsSanitized()) return nullptr;
  ThreadRecord* record = threads::Adopt(nullptr);
  if (record == nullptr) return nullptr;
  // Not the thread that starts the process: its end is the process's, and the C library may not be ready yet.
  if (os::ThreadId() != os::ProcessId()) WatchExit(record);
  WatchFork();
  return record;
}

void ResetThreadHooksInChild() {
  uint32_t expected = kMakingKey;
  exit_key.compare_exchange_strong(expected, kNoKey, std::memory_order_relaxed);
}

int (*RealKeyCreate())(unsigned*, KeyDestructor) {
  return FindNextOnce(real.create_key, "pthread_key_create");
}

governor::ThreadFunctions RealThreadFunctions() {
  governor::ThreadFunctions functions;
  const auto create = FindNextOnce(real.create, "pthread_create");
  functions.create = create;
  functions.min_stack = reinterpret_cast<size_t (*)(const void*)>(FindFirstSymbol("__pthread_get_minstack"));
  functions.set_stack_size = FindNextOnce(real.set_stack_size, "pthread_attr_setstacksize");
  return functions;
}

namespace surface {

int CreateThread(void* thread, const void* attributes, ThreadRoutine routine, void* argument) {
  const auto create = FindNextOnce(real.create, "pthread_create");
  if (create == nullptr) return ENOSYS;
  if (Bystander()) return create(thread, attributes, routine, argument);
  PrepareForThreads();
  ThreadRecord* record = threads::Acquire(reinterpret_cast<void*>(routine), argument);
  if (record == nullptr) return create(thread, attributes, routine, argument);
  const int error = create(thread, attributes, RunThread, record);
  if (error != 0) {
    threads::Abandon(record);
    return error;
  }
  governor::NoteThreadCreated();
  return 0;
}

}  // namespace surface
}  // namespace memgov
