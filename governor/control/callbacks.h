// Pressure callbacks of the host, on a thread of their own ("memgov-call"): it has the host's descriptors,
// which the governor's thread has not, and may block for as long as it likes without keeping the governor
// from its work.
//
// Safety: Register, Unregister and StartIfNeeded on any thread of the host (StartIfNeeded from within malloc
// too, where a thread may be created); Post on the governor's. At most one callback runs at a time; no lock
// of ours is held meanwhile.
#ifndef MEMGOV_GOVERNOR_CONTROL_CALLBACKS_H_
#define MEMGOV_GOVERNOR_CONTROL_CALLBACKS_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/base/futex_lock.h"
#include "governor/policy/ladder.h"

namespace memgov::callbacks {

constexpr int kMostCallbacks = 16;

struct Event {
  Rung rung = Rung::kNormal;
  uint64_t charged_bytes = 0;
  uint64_t soft_bytes = UINT64_MAX;
  uint64_t hard_bytes = UINT64_MAX;
  uint64_t want_bytes = 0;
  const char* pool = nullptr;  // of the pool table: lives as long as the process
};

using Function = void (*)(const Event& event, void* call, void* data);

// pthread_create's own function, past every wrapper. In the constructor.
using CreateThread = int (*)(void* thread, const void* attributes, void* (*routine)(void*), void* argument);
void Install(CreateThread create);

// `invoke` turns an event into what the host's `call` takes (shim/api_budget.cc). 0: the table is full, or
// there is no thread to be had.
int Register(Function invoke, void* call, void* data);
// Waits for the call in progress, but on the callbacks' own thread. False: no such id.
bool Unregister(int id);

// A fork child has the table, but no thread: the first who may create one does.
void StartIfNeeded();

// The newest event replaces one that no callback has seen yet. Wakes the callbacks' thread.
void Post(const Event& event);

struct Counters {
  uint64_t calls = 0;
  uint64_t longest_ns = 0;
  uint64_t running_ns = 0;  // the one that runs now
};
Counters ReadCounters();

FutexLock& Lock();
void ResetInChild();

}  // namespace memgov::callbacks

#endif  // MEMGOV_GOVERNOR_CONTROL_CALLBACKS_H_
