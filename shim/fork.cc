// Handlers of others that were registered before ours run their prepare after ours and their parent or child
// before ours, and they may allocate. So between Prepare and Parent/Child the forking thread may enter the
// engine (it is the claimant) and its lock calls are no-ops (FutexLock::BeginFork): it has them all.
#include "shim/fork.h"

#include <atomic>

#include "governor/control/callbacks.h"
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

constexpr int kLocks = 5;

// In the order of their ranks.
FutexLock& LockAt(int index) {
  FutexLock* const locks[kLocks] = {&callbacks::Lock(), &releaser::Lock(), &NamingLock(), &pools::Lock(),
                                    &threads::Lock()};
  return *locks[index];
}

// Those that this fork took. A lock that the forking thread held already (it forks from a signal handler that
// interrupted our own code) stays with that code, in parent and child. Under the last lock of all; one fork
// at a time.
constinit bool taken[kLocks] = {};

void LockAll() {
  bool mine[kLocks];
  for (int index = 0; index < kLocks; ++index) {
    mine[index] = !LockAt(index).HeldByThisThread();
    if (mine[index]) LockAt(index).Lock();
  }
  for (int index = 0; index < kLocks; ++index) taken[index] = mine[index];
}

void Prepare() {
  if (threads::current == nullptr) RegisterThisThread();
  LockAll();
  FutexLock::BeginFork();
  ChosenExtras::PrepareFork();
}

void Parent() {
  ChosenExtras::ParentAfterFork();
  FutexLock::EndFork();
  for (int index = kLocks - 1; index >= 0; --index) {
    if (taken[index]) LockAt(index).Unlock();
  }
}

void Child() {
  threads::ForgetOthersInChild();
  ResetThreadHooksInChild();
  governor::AfterForkInChild();
  ChosenExtras::ChildAfterFork();
  FutexLock::EndFork();
  for (int index = kLocks - 1; index >= 0; --index) {
    if (taken[index]) LockAt(index).ReleaseInChild();
  }
}

constinit std::atomic<bool> watched{false};

}  // namespace

void WatchFork() {
  if (!watched.exchange(true, std::memory_order_relaxed))
    __register_atfork(Prepare, Parent, Child, &__dso_handle);
}

}  // namespace memgov
