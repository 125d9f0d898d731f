#include <atomic>

#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/pools/pool_table.h"
#include "governor/pools/sampler.h"
#include "governor/telemetry/metrics.h"

namespace memgov {
namespace {

// Off the stack: the API may be called on a thread that has 16 KiB of it. No FutexLock, because fork would
// have to take it, and the caller's memory, which the text goes to, may take long to come. Acquire on taking,
// release on leaving.
constinit std::atomic<bool> snapshot_taken{false};
constinit Snapshot snapshot;

bool TakePlace() {
  constexpr uint64_t kAgainNs = 1000000;
  constexpr int kMostTries = 10000;
  for (int tries = 0; snapshot_taken.exchange(true, std::memory_order_acquire); ++tries) {
    if (tries == kMostTries) return false;
    os::SleepNanoseconds(kAgainNs);
  }
  return true;
}

void ReadPools(Snapshot& out) {
  for (int id = 0; id < out.census.pool_count; ++id) {
    const Pool& pool = pools::Get(static_cast<PoolId>(id));
    out.pool_limits[id] = {pool.soft_budget_bytes.load(std::memory_order_relaxed),
                           pool.hard_limit_bytes.load(std::memory_order_relaxed)};
  }
}

void ReadReleases(Snapshot& out) {
  for (int reason = 0; reason < static_cast<int>(ReleaseReason::kCount); ++reason)
    out.releases[reason] = releaser::Totals(static_cast<ReleaseReason>(reason));
  out.stall_longest_ns = releaser::LongestStallNs();
}

void ReadBudget(Snapshot& out) {
  out.charge = budget::Read();
  if (!budget::Started())
    out.charge.charged_bytes = out.charge.anonymous_bytes = ReadResidentMemory().anonymous_bytes;
  out.limits = budget::CurrentLimits();
  out.budget = budget::ReadCounters();
  out.rung = budget::CurrentRung();
  out.admitted_bytes = admission::AdmittedBytes();
  out.admission = admission::ReadCounters();
  out.callbacks = callbacks::ReadCounters();
}

}  // namespace

uint64_t Snapshot::HeadroomBytes() const {
  if (limits.hard_bytes == UINT64_MAX) return UINT64_MAX;
  return limits.hard_bytes > charge.charged_bytes ? limits.hard_bytes - charge.charged_bytes : 0;
}

void TakeSnapshot(EngineControl& engine, const RuntimeFigures& runtime, Snapshot& out) {
  out.engine = engine.Name();
  out.runtime = runtime;
  out.census = TakeCensus(engine);
  ReadPools(out);
  ReadReleases(out);
  ReadBudget(out);
  out.pressure = published::Pressure();
  out.cohort_members = published::CohortMembers();
  out.recycle = published::Recycle(os::NowNanoseconds());
  out.dropped_samples = sampler::DroppedSamples();
}

size_t WriteMetrics(EngineControl& engine, const RuntimeFigures& runtime, MetricsFormat format, char* out,
                    size_t capacity) {
  TextSink sink(out, capacity);
  if (!TakePlace()) return 0;
  TakeSnapshot(engine, runtime, snapshot);
  if (format == MetricsFormat::kJson) {
    WriteJson(snapshot, sink);
  } else {
    WritePrometheus(snapshot, sink);
  }
  snapshot_taken.store(false, std::memory_order_release);
  return sink.total();
}

void ResetMetricsInChild() { snapshot_taken.store(false, std::memory_order_relaxed); }

}  // namespace memgov
