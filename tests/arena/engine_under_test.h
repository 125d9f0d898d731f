// engine_under_test.h: the arena engine linked into a test, without the shim: how it is started, by which way
// its slots work, and what the shim does for it around threads, fork and vfork.
//
// Safety: Start once, from main, before any thread. The test's own containers live in the C library's heap.
// Assumptions: the threads that use the engine are made by StartThread, so that they have a record.
#ifndef MEMGOV_TESTS_ARENA_ENGINE_UNDER_TEST_H_
#define MEMGOV_TESTS_ARENA_ENGINE_UNDER_TEST_H_

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "governor/pools/pool_table.h"
#include "governor/pools/thread_naming.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "preload_check.h"
#include "shim/arena/arena_engine.h"

namespace engine_under_test {

using memgov::ArenaEngine;
using memgov::FutexLock;
using memgov::FutexLockHolder;
namespace slots = memgov::arena::slots;

// As shim/fork.cc has them.
inline void PrepareFork() {
  memgov::releaser::Lock().Lock();
  memgov::NamingLock().Lock();
  memgov::pools::Lock().Lock();
  memgov::threads::Lock().Lock();
  ArenaEngine::PrepareFork();
  FutexLock::BeginFork();
}

inline void ParentAfterFork() {
  FutexLock::EndFork();
  ArenaEngine::ParentAfterFork();
  memgov::threads::Lock().Unlock();
  memgov::pools::Lock().Unlock();
  memgov::NamingLock().Unlock();
  memgov::releaser::Lock().Unlock();
}

inline void ChildAfterFork() {
  memgov::threads::ForgetOthersInChild();
  FutexLock::EndFork();
  ArenaEngine::ChildAfterFork();
  memgov::threads::Lock().ReleaseInChild();
  memgov::pools::Lock().ReleaseInChild();
  memgov::NamingLock().ReleaseInChild();
  memgov::releaser::Lock().ReleaseInChild();
}

// The calling thread's record, with a sampling interval that no test uses up: malloc's fast path is open.
inline void AdoptThread() {
  CHECK(memgov::threads::Adopt(nullptr) != nullptr);
  memgov::threads::current->sample_left.store(uint64_t{1} << 60, std::memory_order_relaxed);
}

inline void RequireWay(const std::string& name, slots::Way wanted) {
  if (slots::way.load() == wanted) return;
  Skip(name == "rseq"
           ? "no restartable sequences here (not x86-64, ThreadSanitizer, an old C library or kernel)"
           : "the engine did not take the way that was asked for");
}

// `name`: rseq, portable or off (MEMGOV_SLOTS); where the system lacks it the engine takes what it can.
inline void StartIfPossible(const std::string& name) {
  CHECK_EQ(memgov::options::Load(environ), 0);
  CHECK(memgov::options::Set(memgov::Option::kSlots, name.c_str()));
  ArenaEngine::Start();
  CHECK_EQ(pthread_atfork(PrepareFork, ParentAfterFork, ChildAfterFork), 0);
}

// Skips the test where the system lacks it.
inline void Start(const std::string& name) {
  AdoptThread();
  StartIfPossible(name);
  RequireWay(name, name == "rseq"       ? slots::Way::kSequences
                   : name == "portable" ? slots::Way::kPortable
                                        : slots::Way::kNone);
}

template <typename F>
std::thread StartThread(F body) {
  return std::thread([body = std::move(body)]() mutable {
    AdoptThread();
    body();
    memgov::threads::MarkExiting(memgov::threads::current);
  });
}

// The calling thread allocates from shards of this pool's own from now on, as long as there are any.
inline void UsePool(const char* name) {
  const memgov::PoolId pool = memgov::pools::Intern(name);
  memgov::threads::current->current_pool.store(pool, std::memory_order_relaxed);
  ArenaEngine::OwnerNamedPool(pool);
}

// What MemgovBeforeVfork does.
inline void BeforeVfork() {
  memgov::threads::current->vfork_thread.store(memgov::os::ThreadId(), std::memory_order_relaxed);
  ArenaEngine::BeforeVfork();
}

// As the shim's malloc and free do it: the fast path, and what it leaves over.
inline void* Allocate(size_t size) {
  return ArenaEngine::AllocateCounted(size, ArenaEngine::Allocate, ArenaEngine::Allocate);
}

inline void Free(void* block) {
  if (!ArenaEngine::TryFree(block)) ArenaEngine::Free(block);
}

inline uint64_t DrainSlots() {
  FutexLockHolder hold(memgov::releaser::Lock());
  return slots::Drain(false);
}

inline void GiveBackAll() {
  FutexLockHolder hold(memgov::releaser::Lock());
  ArenaEngine::GiveBack(UINT64_MAX);
}

inline void CheckVerified(const char* where) {
  const char* wrong = ArenaEngine::Verify();
  if (wrong != nullptr) {
    Say(where);
    Say(": ");
    Say(wrong);
    Say("\n");
  }
  CHECK(wrong == nullptr);
}

// In a process of one thread: blocks that are freed stay in slots, but for now and then half a slot of them.
inline void CheckSlotsWork() {
  void* blocks[100];
  for (void*& block : blocks) CHECK((block = Allocate(64)) != nullptr);
  int kept = 0;
  for (void* block : blocks) {
    const uint64_t before = slots::CachedBytes(memgov::arena::kMostGroups);
    Free(block);
    kept += slots::CachedBytes(memgov::arena::kMostGroups) == before + 64 ? 1 : 0;
  }
  CHECK(kept > 10);
}

inline memgov::EngineFigures Describe() {
  memgov::EngineFigures figures;
  CHECK(ArenaEngine::Describe(&figures));
  return figures;
}

// All that the engine ever handed out has come back.
inline void CheckNothingLive() {
  CheckVerified("at the end");
  DrainSlots();
  CHECK_EQ(Describe().slot_bytes, 0);
  CHECK_EQ(Describe().live_bytes, 0);
  CHECK_EQ(Describe().bad_frees, 0);
}

inline uint64_t Argument(int count, char** arguments, int index, uint64_t otherwise) {
  return count > index ? strtoull(arguments[index], nullptr, 10) : otherwise;
}

inline std::string WayArgument(int count, char** arguments, int index) {
  return count > index ? arguments[index] : "rseq";
}

}  // namespace engine_under_test

#endif  // MEMGOV_TESTS_ARENA_ENGINE_UNDER_TEST_H_
