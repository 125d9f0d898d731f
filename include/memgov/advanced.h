/* advanced.h: what only few need of memgov. Same rules as memgov.h (absent, safety, sizes). */
#ifndef MEMGOV_ADVANCED_H_
#define MEMGOV_ADVANCED_H_

#include <memgov/memgov.h>

typedef struct memgov_counters_t {
  size_t size;                  /* in: sizeof(memgov_counters_t) of the caller */
  uint64_t refused_allocations; /* ENOMEM or bad_alloc because of a budget */
  uint64_t refused_bytes;
  uint64_t admitted; /* answers of memgov_admit */
  uint64_t deferred;
  uint64_t rejected;
  uint64_t forgotten_bytes;    /* reservations that were never given back */
  uint64_t emergency_releases; /* on allocating threads, at a limit */
  uint64_t emergency_released_bytes;
  uint64_t emergency_longest_ns; /* no allocation waited longer for one */
  uint64_t pressure_callbacks;   /* calls made */
  uint64_t callback_longest_ns;
  uint64_t callback_running_ns; /* the one that runs now; 0: none */
  uint64_t stalled_us;          /* PSI "some" since the start, as seen by the governor */
  uint64_t high_events;         /* of the cgroup (memory.events), since the governor's start */
  uint64_t max_events;
  uint64_t oom_kills;
  uint32_t cohort_members; /* governed processes that share this limit, this one included */
} memgov_counters_t;

/* Fragmentation that no release can cure: slabs held open by few blocks. */
typedef struct memgov_recycle_t {
  size_t size;      /* in: sizeof(memgov_recycle_t) of the caller */
  uint32_t advised; /* 1: a restart of this process, at a quiet moment, would win recoverable_bytes */
  uint64_t recoverable_bytes; /* 0 where that is not worth one: below 64 MiB, or half of what is held */
  uint64_t since_ns;          /* for how long it would; advised from 10 minutes on */
} memgov_recycle_t;

/* What memgov_text writes. */
#define MEMGOV_TEXT_JSON 1       /* all figures, pools, ladder, counters */
#define MEMGOV_TEXT_PROMETHEUS 2 /* the same in Prometheus' text format (version 0.0.4) */
#define MEMGOV_TEXT_CONFIG 3     /* options and where they come from, limits, what is watched or polled */

#ifdef __cplusplus
extern "C" {
#endif

/* Fills *out; 0, or -1 as memgov_stats. -> -1 */
MEMGOV_CALL(int, memgov_counters, (memgov_counters_t * out), (out), -1)
MEMGOV_CALL(int, memgov_recycle, (memgov_recycle_t * out), (out), -1)

/* Soft budget of a pool, in bytes of live memory (MEMGOV_UNLIMITED: none): above it admissions asked for by
 * its threads are deferred, callbacks run with its name, and what its threads' caches hold is given back. 0,
 * or -1 for a name that is NULL or "", a full table, a budget below 1 MiB, or no governor
 * (memgov_budget_set). -> -1 */
MEMGOV_CALL(int, memgov_pool_budget_set, (const char* pool, uint64_t soft_bytes), (pool, soft_bytes), -1)
/* MEMGOV_UNLIMITED for a pool that has none or does not exist. -> MEMGOV_UNLIMITED */
MEMGOV_CALL(uint64_t, memgov_pool_budget, (const char* pool), (pool), MEMGOV_UNLIMITED)

/* Hard limit of a pool, in bytes that it holds (memgov_pool_t.held_bytes; MEMGOV_UNLIMITED: none):
 * allocations by its threads that need more memory than that fail with ENOMEM, and count as refused; those of
 * other pools do not. 0, or -1 for a name that is NULL or "", a full table, a limit below 4 MiB, no governor,
 * or a pool that the engine keeps no exact books of: system, mimalloc 2.0.9, and with the others when
 * MEMGOV_ARENA_MAX leaves no shard. A pool that holds more already keeps it. Takes effect for a thread at its
 * next scope, or within 512 KiB. -> -1 */
MEMGOV_CALL(int, memgov_pool_limit_set, (const char* pool, uint64_t hard_bytes), (pool, hard_bytes), -1)
/* MEMGOV_UNLIMITED for a pool that has none or does not exist. -> MEMGOV_UNLIMITED */
MEMGOV_CALL(uint64_t, memgov_pool_limit, (const char* pool), (pool), MEMGOV_UNLIMITED)

/* Writes at most `capacity` bytes of text, NUL included when capacity > 0, and returns how many the whole
 * text has without it (as snprintf): call again with more when that is not less than capacity. One text is
 * made at a time. 0 for an unknown kind, or when another thread's kept this one waiting for 10 s. -> 0 */
MEMGOV_CALL(size_t, memgov_text, (int kind, char* buffer, size_t capacity), (kind, buffer, capacity), 0)

#ifdef __cplusplus
}
#endif

#endif /* MEMGOV_ADVANCED_H_ */
