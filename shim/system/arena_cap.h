// The most arenas that glibc makes: two per CPU, 2 to 16, unless somebody else decides. The first to set it
// before glibc needs a second arena wins: glibc reads the cap once, then, and not again (malloc/malloc.c,
// arena_get2), so it cannot follow a quota that changes later. A user's variables and a program's own mallopt
// come before ours, and the effective configuration says whose cap it is.
//
// Safety: Apply on one thread at a time, before and while others exist; no allocation.
#ifndef MEMGOV_SHIM_SYSTEM_ARENA_CAP_H_
#define MEMGOV_SHIM_SYSTEM_ARENA_CAP_H_

namespace memgov::arena_cap {

// For a process with so many CPUs. `options_loaded`: false on behalf of a thread that another library's
// constructor makes before ours has run; then the environment itself is asked.
void Apply(int cpus, bool options_loaded);

// The program called mallopt(M_ARENA_MAX) itself: its word stands.
void NoteProgram(int most);

}  // namespace memgov::arena_cap

#endif  // MEMGOV_SHIM_SYSTEM_ARENA_CAP_H_
