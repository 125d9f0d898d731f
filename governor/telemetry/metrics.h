// All figures of a process at one moment, as JSON and in Prometheus' text format (version 0.0.4). The table
// of names is metrics_table.h; docs/metrics.md explains them.
//
// Safety: any thread but not from within malloc; no allocation; takes memgov's locks one after the other. One
// text is made at a time: whoever comes meanwhile waits for it.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_METRICS_H_
#define MEMGOV_GOVERNOR_TELEMETRY_METRICS_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/base/engine_control.h"
#include "governor/budget/admission.h"
#include "governor/budget/budget.h"
#include "governor/control/callbacks.h"
#include "governor/policy/ladder.h"
#include "governor/policy/limits.h"
#include "governor/release/releaser.h"
#include "governor/telemetry/census.h"
#include "governor/telemetry/published.h"
#include "governor/telemetry/text_sink.h"

namespace memgov {

// What layers above this one know. The text is the version's and the engine's, "0.1.0 arena".
struct RuntimeFigures {
  const char* version = "";
  bool governor_running = false;
};

struct PoolLimits {
  uint64_t soft_bytes = UINT64_MAX;
  uint64_t hard_bytes = UINT64_MAX;
};

// About 4 KiB.
struct Snapshot {
  const char* engine = "";
  RuntimeFigures runtime;
  Census census;
  PoolLimits pool_limits[kMostPools];
  ReleaseTotals releases[static_cast<int>(ReleaseReason::kCount)];
  uint64_t stall_longest_ns = 0;
  Limits limits;
  budget::Charge charge;
  budget::Counters budget;
  Rung rung = Rung::kNormal;
  uint64_t admitted_bytes = 0;
  admission::Counters admission;
  callbacks::Counters callbacks;
  published::PressureTotals pressure;
  uint32_t cohort_members = 1;
  RecycleAdvice recycle;
  uint64_t dropped_samples = 0;

  // What may still be charged; UINT64_MAX without a hard budget.
  uint64_t HeadroomBytes() const;
};

// Reads the cgroup's files and /proc: some 100 us, on a large heap of the system engine milliseconds
// (mallinfo2).
void TakeSnapshot(EngineControl& engine, const RuntimeFigures& runtime, Snapshot& out);

// Pure.
void WriteJson(const Snapshot& snapshot, TextSink& out);
void WritePrometheus(const Snapshot& snapshot, TextSink& out);

enum class MetricsFormat : uint8_t { kJson, kPrometheus };

// A snapshot now, as text: at most `capacity` bytes with the NUL. The length of the whole text without it; 0
// when another thread kept this one waiting for 10 s.
size_t WriteMetrics(EngineControl& engine, const RuntimeFigures& runtime, MetricsFormat format, char* out,
                    size_t capacity);

// In a fork child: whoever was making a text does not exist here.
void ResetMetricsInChild();

// The table, for tests.
enum class MetricKind : uint8_t { kGauge, kCounter };
enum class MetricUnit : uint8_t { kCount, kBytes, kSeconds };
struct Metric {
  MetricKind kind;
  const char* name;
  MetricUnit unit;
  const char* help;
};
// nullptr beyond the last.
const Metric* MetricAt(size_t index);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_TELEMETRY_METRICS_H_
