// Every figure that memgov reports to machines, once: the JSON and Prometheus texts are made from this, and a
// test compares docs/metrics.md with it.
//
// X(kind, name, unit, help, value). Names by https://prometheus.io/docs/practices/naming/: base units, _total
// for counters. Values: bytes and counts as they are (UINT64_MAX in bytes: unlimited), kSeconds in
// nanoseconds.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_METRICS_TABLE_H_
#define MEMGOV_GOVERNOR_TELEMETRY_METRICS_TABLE_H_

// Of the process; `s` is the snapshot.
#define MEMGOV_PROCESS_METRICS(X)                                                                            \
  X(kGauge, "memgov_resident_bytes", kBytes, "RSS of the process", s.census.resident_bytes)                  \
  X(kGauge, "memgov_anonymous_bytes", kBytes, "RSS without files and shared memory",                         \
    s.charge.anonymous_bytes)                                                                                \
  X(kGauge, "memgov_live_bytes", kBytes, "Asked for and not yet freed", s.census.live_bytes)                 \
  X(kGauge, "memgov_held_bytes", kBytes, "Taken from the kernel and not given back, live included",          \
    s.census.held_bytes)                                                                                     \
  X(kCounter, "memgov_allocated_bytes_total", kBytes, "Asked for since the start", s.census.allocated_bytes) \
  X(kGauge, "memgov_threads", kCount, "Threads of the host known to memgov", s.census.threads)               \
  X(kGauge, "memgov_parked_threads", kCount, "Of these, those that allocated nothing for a second",          \
    s.census.parked)                                                                                         \
  X(kGauge, "memgov_named_pools", kCount, "Thread pools, of 64 at most",                                     \
    static_cast<uint64_t>(s.census.pool_count))                                                              \
  X(kGauge, "memgov_governor_running", kCount, "1 while the governor's thread exists",                       \
    s.runtime.governor_running)                                                                              \
  X(kGauge, "memgov_charged_bytes", kBytes,                                                                  \
    "What the kernel kills for: the cgroup's, or the process's anonymous memory", s.charge.charged_bytes)    \
  X(kGauge, "memgov_soft_budget_bytes", kBytes, "Above it memory is given back and admissions are deferred", \
    s.limits.soft_bytes)                                                                                     \
  X(kGauge, "memgov_hard_budget_bytes", kBytes,                                                              \
    "Above it admissions are rejected and large allocations may fail", s.limits.hard_bytes)                  \
  X(kGauge, "memgov_container_limit_bytes", kBytes, "The cgroup's own limit", s.limits.container_bytes)      \
  X(kGauge, "memgov_headroom_bytes", kBytes, "Hard budget less charged", s.HeadroomBytes())                  \
  X(kGauge, "memgov_rung", kCount, "The ladder: 0 normal, 1 soft, 2 hard", static_cast<uint64_t>(s.rung))    \
  X(kGauge, "memgov_admitted_bytes", kBytes, "Reserved by admitted work and not given back",                 \
    s.admitted_bytes)                                                                                        \
  X(kCounter, "memgov_admissions_total", kCount, "memgov_admit answered ADMITTED", s.admission.admitted)     \
  X(kCounter, "memgov_deferrals_total", kCount, "memgov_admit answered DEFER", s.admission.deferred)         \
  X(kCounter, "memgov_rejections_total", kCount, "memgov_admit answered REJECT", s.admission.rejected)       \
  X(kCounter, "memgov_forgotten_bytes_total", kBytes, "Reservations that were never given back",             \
    s.admission.forgotten_bytes)                                                                             \
  X(kCounter, "memgov_refused_allocations_total", kCount, "Allocations failed because of a budget",          \
    s.budget.refused)                                                                                        \
  X(kCounter, "memgov_refused_bytes_total", kBytes, "What those asked for", s.budget.refused_bytes)          \
  X(kCounter, "memgov_emergency_releases_total", kCount, "Releases on allocating threads, at a limit",       \
    s.budget.emergencies)                                                                                    \
  X(kCounter, "memgov_emergency_released_bytes_total", kBytes, "What those gave back",                       \
    s.budget.emergency_bytes)                                                                                \
  X(kGauge, "memgov_emergency_longest_seconds", kSeconds, "No allocation waited longer for one",             \
    s.budget.emergency_longest_ns)                                                                           \
  X(kGauge, "memgov_stall_longest_seconds", kSeconds,                                                        \
    "No other thread was kept waiting longer by a release", s.stall_longest_ns)                              \
  X(kCounter, "memgov_pressure_callbacks_total", kCount, "Calls of the host's pressure callbacks",           \
    s.callbacks.calls)                                                                                       \
  X(kGauge, "memgov_callback_longest_seconds", kSeconds, "The longest of those calls",                       \
    s.callbacks.longest_ns)                                                                                  \
  X(kGauge, "memgov_callback_running_seconds", kSeconds, "For how long the present one runs, 0 for none",    \
    s.callbacks.running_ns)                                                                                  \
  X(kCounter, "memgov_stalled_seconds_total", kSeconds, "PSI some: time in which tasks waited for memory",   \
    s.pressure.stalled_us * 1000)                                                                            \
  X(kCounter, "memgov_cgroup_high_events_total", kCount, "memory.events high since the governor's start",    \
    s.pressure.high_events)                                                                                  \
  X(kCounter, "memgov_cgroup_max_events_total", kCount, "memory.events max since the governor's start",      \
    s.pressure.max_events)                                                                                   \
  X(kCounter, "memgov_cgroup_oom_kills_total", kCount, "memory.events oom_kill since the governor's start",  \
    s.pressure.oom_kills)                                                                                    \
  X(kGauge, "memgov_cohort_members", kCount, "Governed processes that share the limit, this one included",   \
    s.cohort_members)                                                                                        \
  X(kGauge, "memgov_recycle_advised", kCount, "1: a restart would win what no release can",                  \
    s.recycle.advised)                                                                                       \
  X(kGauge, "memgov_recycle_recoverable_bytes", kBytes, "What a restart would win",                          \
    s.recycle.recoverable_bytes)                                                                             \
  X(kGauge, "memgov_recycle_since_seconds", kSeconds, "For how long it would have", s.recycle.since_ns)      \
  X(kCounter, "memgov_dropped_samples_total", kCount, "Samples of live bytes that did not fit",              \
    s.dropped_samples)

// Where the engine keeps exact books (arena); `e` is its figures.
#define MEMGOV_ENGINE_METRICS(X)                                                                          \
  X(kGauge, "memgov_fragmentation_bytes", kBytes, "Free blocks in slabs that are in use",                 \
    e.fragmentation_bytes)                                                                                \
  X(kGauge, "memgov_slot_bytes", kBytes, "Free blocks cached by CPU", e.slot_bytes)                       \
  X(kGauge, "memgov_dirty_bytes", kBytes, "Free pages that still hold memory", e.dirty_bytes)             \
  X(kGauge, "memgov_metadata_bytes", kBytes, "Page maps, headers, slots: not in held", e.metadata_bytes)  \
  X(kGauge, "memgov_usable_bytes", kBytes, "Address space that is readable and writable", e.usable_bytes) \
  X(kGauge, "memgov_reserved_bytes", kBytes, "Address space: not memory", e.reserved_bytes)               \
  X(kGauge, "memgov_shards", kCount, "Sets of slabs with locks of their own", e.shards)                   \
  X(kGauge, "memgov_demand_window_seconds", kSeconds, "How long free memory is kept for demand",          \
    e.window_ns)                                                                                          \
  X(kCounter, "memgov_bad_frees_total", kCount, "Frees of what is no block", e.bad_frees)                 \
  X(kCounter, "memgov_foreign_frees_total", kCount, "Frees of blocks of other allocators", e.foreign_frees)

// Label "pool"; `p` is the pool's census, `soft_budget_bytes` its own budget.
#define MEMGOV_POOL_METRICS(X)                                                                           \
  X(kGauge, "memgov_pool_threads", kCount, "Threads bound to the pool", p.threads)                       \
  X(kGauge, "memgov_pool_parked_threads", kCount, "Of these, those that allocated nothing for a second", \
    p.parked)                                                                                            \
  X(kGauge, "memgov_pool_live_bytes", kBytes, "Asked for in the pool and not yet freed", p.live_bytes)   \
  X(kGauge, "memgov_pool_held_bytes", kBytes, "Live, and the pool's share of what is held beyond",       \
    p.held_bytes)                                                                                        \
  X(kGauge, "memgov_pool_soft_budget_bytes", kBytes, "The pool's own soft budget", limits.soft_bytes)    \
  X(kGauge, "memgov_pool_hard_limit_bytes", kBytes, "What the pool may hold at most", limits.hard_bytes)

// Label "reason"; `r` is that reason's totals. Whatever gives memory back is counted here.
#define MEMGOV_RELEASE_METRICS(X)                                                              \
  X(kCounter, "memgov_trims_total", kCount, "Passes that tried to give memory back", r.passes) \
  X(kCounter, "memgov_trimmed_bytes_total", kBytes, "What those passes took off the RSS", r.bytes)

#endif  // MEMGOV_GOVERNOR_TELEMETRY_METRICS_TABLE_H_
