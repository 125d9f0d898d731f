// The governor: when its thread starts and must not, its tick, and what happens at fork and exit.
//
// Its thread starts at the first pthread_create of the process, or once a process without threads has
// allocated MEMGOV_START_BYTES: then from within malloc, on a thread that holds no lock of memgov's, was not
// called by the loader and is no vfork child. It is detached; nobody ever waits for it. Small programs reach
// neither point.
#ifndef MEMGOV_GOVERNOR_RUNTIME_GOVERNOR_H_
#define MEMGOV_GOVERNOR_RUNTIME_GOVERNOR_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/pools/thread_record.h"
#include "governor/release/releaser.h"

namespace memgov::governor {

// The C library's own functions, found past every wrapper in front of them.
struct ThreadFunctions {
  int (*create)(void* thread, const void* attributes, void* (*routine)(void*), void* argument) = nullptr;
  int (*set_stack_size)(void* attributes, size_t bytes) = nullptr;
  size_t (*min_stack)(const void* attributes) = nullptr;  // __pthread_get_minstack: static TLS included
};

// Once, from the constructor, with options loaded; `version` is a text for people, of static storage. Until
// then (and with MEMGOV_GOVERNOR=off for ever) nothing below does anything.
void Install(EngineControl& engine, const ThreadFunctions& functions, char** environment,
             const char* version);

// nullptr before Install.
EngineControl* InstalledEngine();

// Is its thread running, in this very process?
bool Running();

// The host has created a thread: start, or have it named. Not from within malloc.
void NoteThreadCreated();

// A thread's sampling interval of `bytes` ended, or a sample was freed (bytes 0). From within malloc, but
// with no lock held and outside the engine. `caller` is malloc's return address.
void NoteActivity(ThreadRecord& record, uint64_t bytes, const void* caller);

// One line about glibc's variables that mean nothing here (options.h), at most once in a process.
void SayForeignVariablesOnce(EngineControl& engine);

// Starts the governor's thread now, for who needs what only it does. False: there is none, and will be none.
// Not from within malloc.
bool EnsureStarted();

// Where there is no thread, a tick on this one: for callers of the API who were told to wait. Not from within
// malloc.
void TickIfThreadless();

// Releases on the calling thread. Bytes given back.
size_t ReleaseNow(ReleaseReason reason, uint64_t most_bytes = UINT64_MAX);

// Reports that MEMGOV_REPORT=exit and MEMGOV_SUMMARY ask for.
void AtExit();

// In the parent of a fork nothing changes. The child has no governor's thread; it gets its own when it needs
// one.
void AfterForkInChild();

// The range of addresses of the dynamic loader: never start a thread for a malloc that it calls.
void SetLoaderRange(uintptr_t begin, uintptr_t end);

}  // namespace memgov::governor

#endif  // MEMGOV_GOVERNOR_RUNTIME_GOVERNOR_H_
