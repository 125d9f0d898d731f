// The rows of metrics_table.h as arrays, and a snapshot's values in the order of the rows: for whoever writes
// figures.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_METRIC_ROWS_H_
#define MEMGOV_GOVERNOR_TELEMETRY_METRIC_ROWS_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/pools/pool_table.h"
#include "governor/telemetry/metrics.h"
#include "governor/telemetry/metrics_table.h"

namespace memgov::rows {

constexpr int kReasons = static_cast<int>(ReleaseReason::kCount);

#define MEMGOV_METRIC_ENTRY(kind, name, unit, help, value) {MetricKind::kind, name, MetricUnit::unit, help},
constexpr Metric kProcess[] = {MEMGOV_PROCESS_METRICS(MEMGOV_METRIC_ENTRY)};
constexpr Metric kEngine[] = {MEMGOV_ENGINE_METRICS(MEMGOV_METRIC_ENTRY)};
constexpr Metric kPool[] = {MEMGOV_POOL_METRICS(MEMGOV_METRIC_ENTRY)};
constexpr Metric kRelease[] = {MEMGOV_RELEASE_METRICS(MEMGOV_METRIC_ENTRY)};
#undef MEMGOV_METRIC_ENTRY

template <size_t kCount>
constexpr size_t CountOf(const Metric (&)[kCount]) {
  return kCount;
}

#define MEMGOV_METRIC_VALUE(kind, name, unit, help, value) static_cast<uint64_t>(value),

struct ProcessValues {
  explicit ProcessValues(const Snapshot& s) : of{MEMGOV_PROCESS_METRICS(MEMGOV_METRIC_VALUE)} {}
  uint64_t of[CountOf(kProcess)];
};

struct EngineValues {
  explicit EngineValues(const EngineFigures& e) : of{MEMGOV_ENGINE_METRICS(MEMGOV_METRIC_VALUE)} {}
  uint64_t of[CountOf(kEngine)];
};

struct PoolValues {
  PoolValues(const PoolCensus& p, const PoolLimits& limits) : of{MEMGOV_POOL_METRICS(MEMGOV_METRIC_VALUE)} {}
  uint64_t of[CountOf(kPool)];
};

struct ReleaseValues {
  explicit ReleaseValues(const ReleaseTotals& r) : of{MEMGOV_RELEASE_METRICS(MEMGOV_METRIC_VALUE)} {}
  uint64_t of[CountOf(kRelease)];
};
#undef MEMGOV_METRIC_VALUE

inline PoolValues ValuesOfPool(const Snapshot& snapshot, int id) {
  return PoolValues(snapshot.census.pools[id], snapshot.pool_limits[id]);
}

}  // namespace memgov::rows

#endif  // MEMGOV_GOVERNOR_TELEMETRY_METRIC_ROWS_H_
