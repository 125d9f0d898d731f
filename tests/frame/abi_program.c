/* Prints what callers of the C API have compiled in: sizes and offsets of the structs, constants.
 * check_abi.py compares it with abi.golden, and with the headers for what this program forgot. */
#include <memgov/advanced.h>
#include <memgov/memgov.h>
#include <memgov/stats_segment.h>
#include <stdio.h>

#define STRUCT(type) printf("struct %s %zu\n", #type, sizeof(type))
#define FIELD(type, field) \
  printf("field %s.%s %zu %zu\n", #type, #field, offsetof(type, field), sizeof(((type*)0)->field))
#define CONSTANT(name) printf("constant %s %llu\n", #name, (unsigned long long)(name))

static void PrintStats(void) {
  STRUCT(memgov_stats_t);
  FIELD(memgov_stats_t, size);
  FIELD(memgov_stats_t, resident_bytes);
  FIELD(memgov_stats_t, live_bytes);
  FIELD(memgov_stats_t, held_bytes);
  FIELD(memgov_stats_t, allocated_bytes);
  FIELD(memgov_stats_t, releases);
  FIELD(memgov_stats_t, released_bytes);
  FIELD(memgov_stats_t, longest_stall_ns);
  FIELD(memgov_stats_t, threads);
  FIELD(memgov_stats_t, governor_running);
  STRUCT(memgov_pool_t);
  FIELD(memgov_pool_t, name);
  FIELD(memgov_pool_t, threads);
  FIELD(memgov_pool_t, parked);
  FIELD(memgov_pool_t, live_bytes);
  FIELD(memgov_pool_t, held_bytes);
}

static void PrintBudget(void) {
  STRUCT(memgov_budget_t);
  FIELD(memgov_budget_t, size);
  FIELD(memgov_budget_t, charged_bytes);
  FIELD(memgov_budget_t, soft_bytes);
  FIELD(memgov_budget_t, hard_bytes);
  FIELD(memgov_budget_t, limit_bytes);
  FIELD(memgov_budget_t, headroom_bytes);
  FIELD(memgov_budget_t, admitted_bytes);
  FIELD(memgov_budget_t, rung);
  STRUCT(memgov_pressure_t);
  FIELD(memgov_pressure_t, size);
  FIELD(memgov_pressure_t, rung);
  FIELD(memgov_pressure_t, charged_bytes);
  FIELD(memgov_pressure_t, soft_bytes);
  FIELD(memgov_pressure_t, hard_bytes);
  FIELD(memgov_pressure_t, want_bytes);
  FIELD(memgov_pressure_t, pool);
}

static void PrintAdvanced(void) {
  STRUCT(memgov_counters_t);
  FIELD(memgov_counters_t, size);
  FIELD(memgov_counters_t, refused_allocations);
  FIELD(memgov_counters_t, refused_bytes);
  FIELD(memgov_counters_t, admitted);
  FIELD(memgov_counters_t, deferred);
  FIELD(memgov_counters_t, rejected);
  FIELD(memgov_counters_t, forgotten_bytes);
  FIELD(memgov_counters_t, emergency_releases);
  FIELD(memgov_counters_t, emergency_released_bytes);
  FIELD(memgov_counters_t, emergency_longest_ns);
  FIELD(memgov_counters_t, pressure_callbacks);
  FIELD(memgov_counters_t, callback_longest_ns);
  FIELD(memgov_counters_t, callback_running_ns);
  FIELD(memgov_counters_t, stalled_us);
  FIELD(memgov_counters_t, high_events);
  FIELD(memgov_counters_t, max_events);
  FIELD(memgov_counters_t, oom_kills);
  FIELD(memgov_counters_t, cohort_members);
  STRUCT(memgov_recycle_t);
  FIELD(memgov_recycle_t, size);
  FIELD(memgov_recycle_t, advised);
  FIELD(memgov_recycle_t, recoverable_bytes);
  FIELD(memgov_recycle_t, since_ns);
}

static void PrintSegment(void) {
  CONSTANT(MEMGOV_SEGMENT_MAGIC);
  CONSTANT(MEMGOV_SEGMENT_VERSION);
  CONSTANT(MEMGOV_SEGMENT_MOST_BYTES);
  CONSTANT(MEMGOV_SEGMENT_POOL_NAME_BYTES);
  STRUCT(memgov_segment_header_t);
  FIELD(memgov_segment_header_t, magic);
  FIELD(memgov_segment_header_t, version);
  FIELD(memgov_segment_header_t, bytes);
  FIELD(memgov_segment_header_t, process);
  FIELD(memgov_segment_header_t, pid_namespace);
  FIELD(memgov_segment_header_t, started_s);
  FIELD(memgov_segment_header_t, governor_thread);
  FIELD(memgov_segment_header_t, names_offset);
  FIELD(memgov_segment_header_t, names_bytes);
  FIELD(memgov_segment_header_t, value_count);
  FIELD(memgov_segment_header_t, pool_value_count);
  FIELD(memgov_segment_header_t, most_pools);
  FIELD(memgov_segment_header_t, copy_offset);
  FIELD(memgov_segment_header_t, copy_bytes);
  FIELD(memgov_segment_header_t, reserved);
  FIELD(memgov_segment_header_t, version_text);
  FIELD(memgov_segment_header_t, command);
  STRUCT(memgov_segment_copy_t);
  FIELD(memgov_segment_copy_t, sequence);
  FIELD(memgov_segment_copy_t, checksum);
  FIELD(memgov_segment_copy_t, wall_clock_ns);
  FIELD(memgov_segment_copy_t, monotonic_ns);
  FIELD(memgov_segment_copy_t, pool_count);
}

int main(void) {
  PrintStats();
  PrintBudget();
  PrintAdvanced();
  PrintSegment();
  CONSTANT(MEMGOV_NAME_BYTES);
  CONSTANT(MEMGOV_NORMAL);
  CONSTANT(MEMGOV_SOFT);
  CONSTANT(MEMGOV_HARD);
  CONSTANT(MEMGOV_UNLIMITED);
  CONSTANT(MEMGOV_ADMITTED);
  CONSTANT(MEMGOV_DEFER);
  CONSTANT(MEMGOV_REJECT);
  CONSTANT(MEMGOV_TEXT_JSON);
  CONSTANT(MEMGOV_TEXT_PROMETHEUS);
  CONSTANT(MEMGOV_TEXT_CONFIG);
  return 0;
}
