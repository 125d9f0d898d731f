// How the governor's thread sleeps: on one futex, or, where there are pressure files to watch, in ppoll.
//
// The futex cannot be polled, and an eventfd is no way to wake it: the thread has a descriptor table of its
// own. So in ppoll it is woken by a signal that is blocked in it and that it takes from a signalfd: no
// handler, and nothing that the host could see. SIGSTKFLT: the kernel never sends it, and nobody else has a
// use for it.
//
// Safety: Open and Sleep on the governor's thread; the wakers from any thread, from within malloc too.
#ifndef MEMGOV_GOVERNOR_RUNTIME_SLEEPER_H_
#define MEMGOV_GOVERNOR_RUNTIME_SLEEPER_H_

#include <poll.h>
#include <stdint.h>

namespace memgov::governor::sleeper {

// Once, before the first sleep. False: this thread can wait for no descriptors.
bool Open(bool has_private_descriptors);

// Says that what the wakers have changed is looked at from now on: a wake between this and Sleep ends that at
// once.
void Prepare();
// UINT64_MAX: until woken. Returns early for a descriptor that is ready (revents are filled in, else 0) and
// for an urgent wake; for an ordinary one when it is longer than kDozeNs, for then nothing was going on.
constexpr uint64_t kDozeNs = 250 * 1000000ULL;
void Sleep(uint64_t duration_ns, pollfd* watched, int count);

// Somebody allocates: ends a rest. One atomic operation when there is none.
void Wake();
// A limit was met: ends any sleep.
void WakeUrgently();

void ResetInChild();

}  // namespace memgov::governor::sleeper

#endif  // MEMGOV_GOVERNOR_RUNTIME_SLEEPER_H_
