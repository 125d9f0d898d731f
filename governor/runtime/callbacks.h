// Pressure callbacks of the host, on a thread of their own ("memgov-call"): it has the host's descriptors,
// which the governor's thread has not, and may block for as long as it likes without keeping the governor
// from its work.
//
// Safety: Register and Unregister on any thread of the host, not from within malloc; Post from the governor's
// tick, also inside malloc (MEMGOV_THREAD=never never posts). At most one callback runs at a time.
#ifndef MEMGOV_GOVERNOR_RUNTIME_CALLBACKS_H_
#define MEMGOV_GOVERNOR_RUNTIME_CALLBACKS_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/policy/ladder.h"
#include "governor/runtime/governor.h"

namespace memgov::callbacks {

constexpr int kMostCallbacks = 16;

struct Event {
  Rung rung = Rung::kNormal;
  uint64_t charged_bytes = 0;
  uint64_t soft_bytes = 0;
  uint64_t hard_bytes = 0;
  uint64_t want_bytes = 0;
  const char* pool = nullptr;  // of the pool table: lives as long as the process
};

using Function = void (*)(const Event& event, void* call, void* data);

// `invoke` turns an event into what the host's `call` takes (shim/api.cc). 0: the table is full, or there is
// no thread.
int Register(Function invoke, void* call, void* data);
bool Unregister(int id);
int Count();

// The newest event replaces one that no callback has seen yet.
void Post(const Event& event);

struct Counters {
  uint64_t calls = 0;
  uint64_t longest_ns = 0;
  uint64_t running_ns = 0;  // the one that runs now
};
Counters ReadCounters();

}  // namespace memgov::callbacks

#endif  // MEMGOV_GOVERNOR_RUNTIME_CALLBACKS_H_
