// Handlers of others that were registered before ours run their prepare after ours and their parent or child
// before ours, and they may allocate. So between Prepare and Parent/Child the forking thread may enter the
// engine (it is the claimant) and its lock calls are no-ops (FutexLock::BeginFork): it has them all.
#include "shim/fork.h"

#include "governor/pools/pool_table.h"
#include "governor/pools/thread_naming.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "governor/runtime/governor.h"
#include "shim/malloc_surface.h"
#include "shim/thread_hooks.h"

extern "C" {
// What pthread_atfork is made of; in every libc.so.6 since 2.3.2.
int __register_atfork(void (*prepare)(), void (*parent)(), void (*child)(), void* object);
extern void* __dso_handle;
}

namespace memgov {
namespace {

constexpr int kLocks = 4;

// In the order of their ranks.
FutexLock& LockAt(int index) {
  FutexLock* const locks[kLocks] = {&releaser::Lock(), &NamingLock(), &pools::Lock(), &threads::Lock()};
  return *locks[index];
}

void Prepare() {
  if (threads::current == nullptr) RegisterThisThread();
  for (int index = 0; index < kLocks; ++index) LockAt(index).Lock();
  FutexLock::BeginFork();
  if constexpr (ChosenEngine::kQuiescesForFork) quiesce::ClaimAll();
}

void Parent() {
  if constexpr (ChosenEngine::kQuiescesForFork) quiesce::Release();
  FutexLock::EndFork();
  for (int index = kLocks - 1; index >= 0; --index) LockAt(index).Unlock();
}

void Child() {
  threads::ForgetOthersInChild();
  if constexpr (ChosenEngine::kQuiescesForFork) quiesce::ReleaseInChild(threads::current);
  governor::AfterForkInChild();
  FutexLock::EndFork();
  for (int index = kLocks - 1; index >= 0; --index) LockAt(index).ReleaseInChild();
}

}  // namespace

void WatchFork() { __register_atfork(Prepare, Parent, Child, &__dso_handle); }

}  // namespace memgov
