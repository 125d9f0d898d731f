/* memgov.h: ask a governed process about its memory, and steer it.
 *
 * Usable without linking: each call looks its function up once, at run time, and answers "absent"
 * (the value after the arrow) where memgov is not preloaded. Define MEMGOV_LINKED before including
 * this file when the program links libmemgov itself. glibc before 2.34 needs -ldl.
 *
 * Safety: any thread, never from a signal handler; errno is kept. Structs begin with their size: set
 * `size = sizeof(...)` and fields that the loaded library does not know stay as they were.
 * Bytes are bytes. "Live" is sampled (one sample per 512 KiB allocated, on average), so a figure of L bytes
 * that consists of small blocks has a standard error of sqrt(L * 512 KiB); 16 MiB live: about 18 %. */
#ifndef MEMGOV_MEMGOV_H_
#define MEMGOV_MEMGOV_H_

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#define MEMGOV_NAME_BYTES 32 /* a pool's name with its terminating NUL; longer names are cut */

typedef struct memgov_stats_t {
  size_t size;               /* in: sizeof(memgov_stats_t) of the caller */
  uint64_t resident_bytes;   /* RSS of the process, read now */
  uint64_t live_bytes;       /* asked for and not yet freed, sampled */
  uint64_t held_bytes;       /* taken from the kernel by the engine and not given back (live included) */
  uint64_t allocated_bytes;  /* asked for since the start, all threads that exist or existed */
  uint64_t releases;         /* passes that tried to give memory back, whatever started them */
  uint64_t released_bytes;   /* what those passes took off the process's RSS */
  uint64_t longest_stall_ns; /* no other thread was kept waiting by a release for longer than this */
  uint32_t threads;          /* threads known to memgov */
  uint32_t governor_running; /* 1 while the governor's thread exists */
} memgov_stats_t;

typedef struct memgov_pool_t {
  char name[MEMGOV_NAME_BYTES];
  uint32_t threads;    /* threads bound to this pool now */
  uint32_t parked;     /* of these, threads that allocated nothing for a second */
  uint64_t live_bytes; /* sampled */
  uint64_t held_bytes; /* live, and this pool's share of what is held beyond live (docs/pools.md) */
} memgov_pool_t;

/* Rungs of the ladder. */
#define MEMGOV_NORMAL 0
#define MEMGOV_SOFT 1 /* memory is given back, callbacks run, admissions are deferred */
#define MEMGOV_HARD 2 /* all is given back, admissions are rejected, large allocations may fail */

#define MEMGOV_UNLIMITED UINT64_MAX

typedef struct memgov_budget_t {
  size_t size;            /* in: sizeof(memgov_budget_t) of the caller */
  uint64_t charged_bytes; /* what the kernel kills for: the cgroup's, else this process's anonymous memory */
  uint64_t soft_bytes;    /* MEMGOV_UNLIMITED: no budget */
  uint64_t hard_bytes;
  uint64_t limit_bytes;    /* the container's own limit; MEMGOV_UNLIMITED: none */
  uint64_t headroom_bytes; /* hard - charged, 0 when it is passed; MEMGOV_UNLIMITED: no budget */
  uint64_t admitted_bytes; /* reserved by memgov_admit and not yet given back, this process */
  uint32_t rung;           /* MEMGOV_NORMAL, MEMGOV_SOFT or MEMGOV_HARD */
} memgov_budget_t;

/* Answers of memgov_admit. */
#define MEMGOV_ADMITTED 0
#define MEMGOV_DEFER 1  /* queue the request and ask again in some milliseconds */
#define MEMGOV_REJECT 2 /* answer 503 now: it will not fit soon, or never */

typedef struct memgov_pressure_t {
  size_t size;   /* of the struct that the library filled in */
  uint32_t rung; /* the rung now; MEMGOV_NORMAL says that it is over */
  uint64_t charged_bytes;
  uint64_t soft_bytes;
  uint64_t hard_bytes;
  uint64_t want_bytes; /* freeing this much would bring charged below soft; 0 at MEMGOV_NORMAL */
  const char* pool;    /* the pool that is over its own budget, or NULL; valid during the call */
} memgov_pressure_t;

typedef void (*memgov_pressure_fn)(const memgov_pressure_t* event, void* data);

#ifdef __cplusplus
extern "C" {
#endif

/* A call: its result, name, parameters (of other names than found, at and call), arguments, and what it
 * answers where memgov is absent. */
#if defined(MEMGOV_LINKED)
#define MEMGOV_CALL(ret, name, params, args, absent) ret name params;
#else
/* One static function per call; the look-up's result, found or not, is kept. */
#define MEMGOV_CALL(ret, name, params, args, absent)          \
  __attribute__((unused)) static __inline__ ret name params { \
    static void* found = (void*)-1;                           \
    void* at = __atomic_load_n(&found, __ATOMIC_RELAXED);     \
    ret(*call) params;                                        \
    if (at == (void*)-1) {                                    \
      at = dlsym((void*)0 /* RTLD_DEFAULT */, #name);         \
      __atomic_store_n(&found, at, __ATOMIC_RELAXED);         \
    }                                                         \
    if (!at) return absent;                                   \
    __builtin_memcpy(&call, &at, sizeof call);                \
    return call args;                                         \
  }
#endif

/* The version, "0.1.0 mimalloc": number and engine. Static storage. -> NULL */
MEMGOV_CALL(const char*, memgov_version, (void), (), NULL)

/* 1 where memgov serves this process's malloc, 0 where it is loaded but another allocator serves. -> 0 */
MEMGOV_CALL(int, memgov_available, (void), (), 0)

/* Fills *out. 0, or -1 for NULL or a size that holds not even its first field. It reads
 * /proc/self/statm, and asks the engine for what it holds: microseconds, but on a large heap of the system
 * engine milliseconds, in which glibc locks one arena after the other (mallinfo2). -> -1 */
MEMGOV_CALL(int, memgov_stats, (memgov_stats_t * out), (out), -1)

/* Fills at most `count` elements of `element_size` = sizeof(memgov_pool_t) bytes each and returns how many
 * pools exist. Reads /proc for threads that have no pool yet. -> 0 */
MEMGOV_CALL(size_t, memgov_pools, (memgov_pool_t * out, size_t count, size_t element_size),
            (out, count, element_size), 0)

/* From here on what this thread allocates counts for pool `name`, until memgov_pool_leave(token) with the
 * token that enter returned. Scopes nest; leave in reverse order, on the same thread. Tens of nanoseconds. At
 * most 64 pools exist: beyond them, and for NULL or "", enter returns 0 and the thread stays where it is.
 * Leave returns 0 (for token 0 too), or -1 for a token of no open scope. -> 0 */
MEMGOV_CALL(uint32_t, memgov_pool_enter, (const char* name), (name), 0)
MEMGOV_CALL(int, memgov_pool_leave, (uint32_t token), (token), 0)

/* Binds this thread to pool `name` for good; rules and thread names no longer matter. 0, or -1 when there are
 * no more pools or the name is NULL or "". -> -1 */
MEMGOV_CALL(int, memgov_pool_bind, (const char* name), (name), -1)

/* Gives memory back to the kernel: at least `bytes` if that much is to be had (SIZE_MAX: all), and returns
 * the bytes that the process's RSS really lost. Runs on the calling thread; milliseconds on a large heap. ->
 * 0 */
MEMGOV_CALL(size_t, memgov_release, (size_t bytes), (bytes), 0)

/* Fills *out from a fresh reading of the cgroup's files (20 to 100 us). 0, or -1 as memgov_stats. -> -1 */
MEMGOV_CALL(int, memgov_budget, (memgov_budget_t * out), (out), -1)

/* Budgets in bytes from now on, in place of the environment's and the container's; MEMGOV_UNLIMITED for both:
 * none; 0 for both: as the environment has it again. 0, or -1 (nothing changed) when soft > hard, one of them
 * is below 1 MiB, or memgov does not govern (MEMGOV_GOVERNOR=off, another allocator serves). A hard budget
 * above the container's limit is lowered to it; one below what is charged takes effect at once. -> -1 */
MEMGOV_CALL(int, memgov_budget_set, (uint64_t soft_bytes, uint64_t hard_bytes), (soft_bytes, hard_bytes), -1)

/* May this process take on work that will need about `bytes` (body, parsed form, answer)? MEMGOV_ADMITTED
 * reserves them until memgov_admit_done(bytes) with the same figure; the other answers reserve nothing.
 * Admitted is what fits below the soft budget with everything that was admitted before, by the other workers
 * of the container too. On the hard rung, or when `bytes` alone would not fit: MEMGOV_REJECT. While nothing
 * else is admitted, work is admitted below hard. A reservation that is never given back counts until the
 * process ends, or until for 60 s all was deferred while memory was free (then those are forgotten). Well
 * under a microsecond. -> MEMGOV_ADMITTED */
MEMGOV_CALL(int, memgov_admit, (size_t bytes), (bytes), MEMGOV_ADMITTED)
/* Gives a reservation back; more than is reserved counts as all. -> 0 */
MEMGOV_CALL(int, memgov_admit_done, (size_t bytes), (bytes), 0)

/* From now on `run` is called when the rung changes, and again each second on SOFT and each 100 ms on HARD
 * while memory is wanted: on a thread of memgov's own ("memgov-call"), one callback at a time, in the order
 * of registration. It may allocate, free, take locks, block and call this API; while one runs, allocations do
 * not wait for it. Its id, above 0; 0 when 16 are registered already, `run` is NULL, or no thread may be had
 * (MEMGOV_THREAD=never). Callbacks outlive fork: the child's run on a thread of the child's. -> 0 */
MEMGOV_CALL(int, memgov_on_pressure, (memgov_pressure_fn run, void* data), (run, data), 0)
/* Ends that. When it returns the callback does not run and never will; called from within a callback it
 * returns at once, and that call is the last. Do not hold what the callback waits for. 0, or -1 for an id of
 * none. -> -1 */
MEMGOV_CALL(int, memgov_off_pressure, (int id), (id), -1)

#ifdef __cplusplus
}
#endif

#endif /* MEMGOV_MEMGOV_H_ */
