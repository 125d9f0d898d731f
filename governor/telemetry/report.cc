#include "governor/telemetry/report.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/pools/sampler.h"
#include "governor/release/releaser.h"

namespace memgov {
namespace {

constexpr size_t kThreadsColumn = 34;
constexpr size_t kParkedColumn = 43;
constexpr size_t kLiveColumn = 52;
constexpr size_t kHeldColumn = 64;

void WriteTotals(const Census& census, const char* engine, TextWriter& out) {
  out.Text("memgov: report for process ").Number(static_cast<uint64_t>(os::ProcessId()));
  out.Text(" (engine ").Text(engine).Text(")").Line();
  out.Text("  resident ").Bytes(census.resident_bytes).Text(", held by malloc ").Bytes(census.held_bytes);
  out.Text(census.exact ? ", live " : ", live about ").Bytes(census.live_bytes);
  out.Text(", allocated since the start ").Bytes(census.allocated_bytes).Line();
}

// What is held adds up: live, free blocks in slabs, free blocks cached by CPU, free pages not given back.
void WriteEngine(const EngineFigures& engine, TextWriter& out) {
  out.Text("  held is live ")
      .Bytes(engine.live_bytes)
      .Text(" + fragmentation ")
      .Bytes(engine.fragmentation_bytes);
  out.Text(" + CPU slots ").Bytes(engine.slot_bytes).Text(" + dirty pages ").Bytes(engine.dirty_bytes).Line();
  out.Text("  besides: metadata ")
      .Bytes(engine.metadata_bytes)
      .Text("; address space reserved, not memory: ");
  out.Bytes(engine.reserved_bytes).Text(", usable ").Bytes(engine.usable_bytes).Text("; ");
  out.Number(engine.shards).Text(" shards, demand window ").Duration(engine.window_ns).Line();
  if (engine.bad_frees != 0) out.Text("  bad frees: ").Number(engine.bad_frees).Line();
  if (engine.foreign_frees != 0) {
    out.Text("  frees of blocks of other allocators: ").Number(engine.foreign_frees).Line();
  }
}

void WritePools(const Census& census, TextWriter& out) {
  out.Text("  pool").Column(kThreadsColumn).Text("threads").Column(kParkedColumn).Text("parked");
  out.Column(kLiveColumn).Text("live").Column(kHeldColumn).Text("held").Line();
  bool any_exact = false;
  for (int id = 0; id < census.pool_count; ++id) {
    const PoolCensus& pool = census.pools[id];
    any_exact = any_exact || pool.exact;
    if (pool.threads == 0 && pool.held_bytes == 0) continue;
    out.Text("  ").Text(pools::Get(static_cast<PoolId>(id)).name);
    out.Column(kThreadsColumn).Number(pool.threads).Column(kParkedColumn).Number(pool.parked);
    out.Column(kLiveColumn).Bytes(pool.live_bytes).Column(kHeldColumn).Bytes(pool.held_bytes);
    out.Text(pool.exact ? " *" : "").Line();
  }
  if (any_exact) out.Text("  * shards of its own: counted, not estimated, since it got them").Line();
}

void WriteReleases(TextWriter& out) {
  const ReleaseTotals all = releaser::AllTotals();
  out.Text("  releases ").Number(all.passes).Text(", gave back ").Bytes(all.bytes);
  for (int index = 0; index < static_cast<int>(ReleaseReason::kCount); ++index) {
    const ReleaseReason reason = static_cast<ReleaseReason>(index);
    const ReleaseTotals one = releaser::Totals(reason);
    if (one.passes == 0) continue;
    out.Text("; ")
        .Text(ReleaseReasonName(reason))
        .Text(" ")
        .Number(one.passes)
        .Text(" (")
        .Bytes(one.bytes)
        .Text(")");
  }
  out.Text("; longest stall ").Duration(releaser::LongestStallNs()).Line();
}

void WriteWarnings(const Census& census, TextWriter& out) {
  if (census.held_bytes >= kWarnHeldBytes &&
      census.live_bytes * 100 < census.held_bytes * kWarnUtilisationPercent) {
    out.Text("  warning: only ").Number(census.live_bytes * 100 / census.held_bytes);
    out.Text(" % of what malloc holds is in use: ").Bytes(census.held_bytes - census.live_bytes);
    out.Text(" are kept for nobody").Line();
  }
  if (sampler::DroppedSamples() != 0) {
    out.Text("  note: live is too low, ")
        .Number(sampler::DroppedSamples())
        .Text(" samples did not fit")
        .Line();
  }
}

}  // namespace

void WriteReport(const Census& census, const char* engine, TextWriter& out) {
  WriteTotals(census, engine, out);
  if (census.exact) WriteEngine(census.engine, out);
  WritePools(census, out);
  WriteReleases(out);
  WriteWarnings(census, out);
}

void WriteSummary(const Census& census, const char* engine, TextWriter& out) {
  const ReleaseTotals all = releaser::AllTotals();
  out.Text("memgov: ").Text(engine).Text(": resident ").Bytes(census.resident_bytes).Text(", held ");
  out.Bytes(census.held_bytes).Text(census.exact ? ", live " : ", live about ");
  out.Bytes(census.live_bytes).Text(", ");
  out.Number(census.threads).Text(" threads, ").Number(all.passes).Text(" releases gave back ");
  out.Bytes(all.bytes).Text(", longest stall ").Duration(releaser::LongestStallNs()).Line();
}

namespace {

// Off the stack: malloc_stats may be called on a thread that has 16 KiB of it. No lock, because fork would
// have to take it and standard error may block for as long as its reader likes: who finds the buffer taken
// waits a second at most, and then prints nothing. Acquire on taking, release on leaving.
constinit std::atomic<bool> buffer_taken{false};
constinit char buffer[8192];

bool TakeBuffer() {
  constexpr int kMostTries = 100;
  for (int tries = 0; buffer_taken.exchange(true, std::memory_order_acquire); ++tries) {
    if (tries == kMostTries) return false;
    os::SleepNanoseconds(10000000);
  }
  return true;
}

void Print(EngineControl& engine, void (*write)(const Census&, const char*, TextWriter&)) {
  if (!TakeBuffer()) return;
  TextWriter out(buffer, sizeof buffer);
  write(TakeCensus(engine), engine.Name(), out);
  EmitText(out);
  buffer_taken.store(false, std::memory_order_release);
}

}  // namespace

void PrintReport(EngineControl& engine) { Print(engine, WriteReport); }
void PrintSummary(EngineControl& engine) { Print(engine, WriteSummary); }
void ResetReportInChild() { buffer_taken.store(false, std::memory_order_relaxed); }

}  // namespace memgov
