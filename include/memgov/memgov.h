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
  size_t size;              /* in: sizeof(memgov_stats_t) of the caller */
  uint64_t resident_bytes;  /* RSS of the process, read now */
  uint64_t live_bytes;      /* asked for and not yet freed, sampled */
  uint64_t held_bytes;      /* taken from the kernel by the engine and not given back (live included) */
  uint64_t allocated_bytes; /* asked for since the start, all threads that exist or existed */
  uint64_t releases;        /* passes that tried to give memory back, whatever started them */
  uint64_t released_bytes;  /* what those passes took off the process's RSS */
  uint64_t
      longest_stall_ns; /* no other thread was kept waiting by a release for longer than this */
  uint32_t threads;     /* threads known to memgov */
  uint32_t governor_running; /* 1 while the governor's thread exists */
} memgov_stats_t;

typedef struct memgov_pool_t {
  char name[MEMGOV_NAME_BYTES];
  uint32_t threads;    /* threads bound to this pool now */
  uint32_t parked;     /* of these, threads that allocated nothing for a second */
  uint64_t live_bytes; /* sampled */
  uint64_t held_bytes; /* live, and this pool's share of what is held beyond live (docs/pools.md) */
} memgov_pool_t;

#ifdef __cplusplus
extern "C" {
#endif

#if defined(MEMGOV_LINKED)
#define MEMGOV_CALL(ret, name, params, args, absent) ret name params;
#else
/* One static function per call; the look-up's result, found or not, is kept. */
#define MEMGOV_CALL(ret, name, params, args, absent)      \
  __attribute__((unused)) static inline ret name params { \
    static void* found = (void*)-1;                       \
    void* at = __atomic_load_n(&found, __ATOMIC_RELAXED); \
    ret(*call) params;                                    \
    if (at == (void*)-1) {                                \
      at = dlsym((void*)0 /* RTLD_DEFAULT */, #name);                        \
      __atomic_store_n(&found, at, __ATOMIC_RELAXED);     \
    }                                                     \
    if (!at) return absent;                               \
    __builtin_memcpy(&call, &at, sizeof call);            \
    return call args;                                     \
  }
#endif

/* The version, "0.1.0 mimalloc": number and engine. Static storage. -> NULL */
MEMGOV_CALL(const char*, memgov_version, (void), (), NULL)

/* 1 where memgov serves this process's malloc, 0 where it is loaded but another allocator serves. -> 0 */
MEMGOV_CALL(int, memgov_available, (void), (), 0)

/* Fills *out. 0, or -1 for NULL or a size that holds not even its first field. It reads
 * /proc/self/statm, and asks the engine for what it holds: microseconds, but on a large heap of the system engine
 * milliseconds, in which glibc locks one arena after the other (mallinfo2). -> -1 */
MEMGOV_CALL(int, memgov_stats, (memgov_stats_t * out), (out), -1)

/* Fills at most `count` elements of `element_size` = sizeof(memgov_pool_t) bytes each and returns how many
 * pools exist. Reads /proc for threads that have no pool yet. -> 0 */
MEMGOV_CALL(size_t, memgov_pools, (memgov_pool_t * out, size_t count, size_t element_size),
            (out, count, element_size), 0)

/* From here on what this thread allocates counts for pool `name`, until memgov_pool_leave(token) with the token
 * that enter returned. Scopes nest; leave in reverse order, on the same thread. Tens of nanoseconds.
 * At most 64 pools exist: beyond them, and for NULL or "", enter returns 0 and the thread stays where it is. Leave
 * returns 0 (for token 0 too), or -1 for a token of no open scope. -> 0 */
MEMGOV_CALL(uint32_t, memgov_pool_enter, (const char* name), (name), 0)
MEMGOV_CALL(int, memgov_pool_leave, (uint32_t token), (token), 0)

/* Binds this thread to pool `name` for good; rules and thread names no longer matter. 0, or -1 when there are
 * no more pools or the name is NULL or "". -> -1 */
MEMGOV_CALL(int, memgov_pool_bind, (const char* name), (name), -1)

/* Gives memory back to the kernel: at least `bytes` if that much is to be had (SIZE_MAX: all), and returns
 * the bytes that the process's RSS really lost. Runs on the calling thread; milliseconds on a large heap. ->
 * 0 */
MEMGOV_CALL(size_t, memgov_release, (size_t bytes), (bytes), 0)

#undef MEMGOV_CALL

#ifdef __cplusplus
}
#endif

#endif /* MEMGOV_MEMGOV_H_ */
