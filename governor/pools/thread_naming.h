// Which pool a thread belongs to: what the API bound first, else a rule (MEMGOV_POOLS), else the thread's
// name without its trailing number, else the code it started in.
//
// A thread is bound once, by the first name of its own that is seen; a later renaming moves nothing. Threads
// that still carry their process's name are looked at a few more times before their start routine decides.
//
// Safety: any thread but not from within malloc; reads /proc/self/task/*/comm and /proc/self/maps; no
// allocation. Calls neither the loader nor anything else that takes a lock of the host's.
#ifndef MEMGOV_GOVERNOR_POOLS_THREAD_NAMING_H_
#define MEMGOV_GOVERNOR_POOLS_THREAD_NAMING_H_

#include "governor/base/futex_lock.h"
#include "governor/pools/thread_record.h"

namespace memgov {

// Binds the threads that have no pool yet. True while some of them still have to be looked at (again).
// A thread is looked at kLookAgainMs after it began, and then at least that far apart, however often this is
// called: it starts out with its creator's name, and takes its own a moment later.
constexpr uint32_t kLookAgainMs = 20;
bool ResolveThreads(uint64_t now_ns);

// For fork.
FutexLock& NamingLock();

// Pure parts, for tests.
// "parse-pool-17" -> length of "parse-pool"; a name that is nothing but a number stays whole.
size_t PoolPrefixLength(const char* thread_name);
// The pool that `rules` (governor/config/pool_rules.h) give to this name, with its budget; kNoPool for none.
PoolId PoolByRule(const char* rules, const char* thread_name);
// "libfoo.so+0x1f40" for the line of /proc/self/maps that holds `address`; false when none does.
bool DescribeAddress(const char* maps_line, uintptr_t address, char* out, size_t capacity);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_POOLS_THREAD_NAMING_H_
