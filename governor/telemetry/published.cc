#include "governor/telemetry/published.h"

#include <atomic>

namespace memgov::published {
namespace {

// Relaxed where nothing says otherwise: figures for reading only.
struct State {
  constexpr State() = default;
  std::atomic<uint64_t> stalled_us{0};
  std::atomic<uint64_t> high_events{0};
  std::atomic<uint64_t> max_events{0};
  std::atomic<uint64_t> oom_kills{0};
  std::atomic<uint32_t> cohort_members{1};
  std::atomic<uint64_t> recycle_begin_ns{0};
  std::atomic<uint64_t> recoverable_bytes{0};  // released after the begin it belongs to
  std::atomic<WatchState> psi{WatchState::kAbsent};
  std::atomic<WatchState> events{WatchState::kAbsent};
  std::atomic<WatchState> systemd{WatchState::kAbsent};
  std::atomic<char> psi_path[kCgroupPathBytes] = {};
  std::atomic<uint32_t> most_arenas{0};
  std::atomic<const char*> arenas_decided_by{nullptr};
};
constinit State state;

void Add(std::atomic<uint64_t>& total, uint64_t more) { total.fetch_add(more, std::memory_order_relaxed); }

}  // namespace

void SetArenaCap(uint32_t most, const char* decided_by) {
  state.most_arenas.store(most, std::memory_order_relaxed);
  state.arenas_decided_by.store(decided_by, std::memory_order_relaxed);
}

ArenaCap Arenas() {
  return {state.most_arenas.load(std::memory_order_relaxed),
          state.arenas_decided_by.load(std::memory_order_relaxed)};
}

void AddPressure(const PressureSigns& signs) {
  Add(state.stalled_us, signs.stalled_us);
  Add(state.high_events, signs.delta.high);
  Add(state.max_events, signs.delta.max);
  Add(state.oom_kills, signs.delta.oom_kill);
}

void SetCohortMembers(uint32_t members) { state.cohort_members.store(members, std::memory_order_relaxed); }

void SetRecycle(const RecycleHint& hint) {
  state.recycle_begin_ns.store(hint.begin_ns(), std::memory_order_relaxed);
  state.recoverable_bytes.store(hint.recoverable_bytes(), std::memory_order_release);
}

void SetWatching(const PressureWatch& watch) {
  const char* path = watch.psi_path();
  for (size_t index = 0; index < kCgroupPathBytes; ++index) {
    state.psi_path[index].store(path[index], std::memory_order_relaxed);
    if (path[index] == '\0') break;
  }
  state.psi.store(watch.psi(), std::memory_order_relaxed);
  state.events.store(watch.events(), std::memory_order_relaxed);
  state.systemd.store(watch.systemd(), std::memory_order_relaxed);
}

PressureTotals Pressure() {
  return {state.stalled_us.load(std::memory_order_relaxed), state.high_events.load(std::memory_order_relaxed),
          state.max_events.load(std::memory_order_relaxed), state.oom_kills.load(std::memory_order_relaxed)};
}

uint32_t CohortMembers() { return state.cohort_members.load(std::memory_order_relaxed); }

RecycleAdvice Recycle(uint64_t now_ns) {
  const uint64_t recoverable_bytes = state.recoverable_bytes.load(std::memory_order_acquire);
  return RecycleHint::At(state.recycle_begin_ns.load(std::memory_order_relaxed), recoverable_bytes, now_ns);
}

void ReadWatching(Watching& out) {
  out.psi = state.psi.load(std::memory_order_relaxed);
  out.events = state.events.load(std::memory_order_relaxed);
  out.systemd = state.systemd.load(std::memory_order_relaxed);
  for (size_t index = 0; index < kCgroupPathBytes; ++index)
    out.psi_path[index] = state.psi_path[index].load(std::memory_order_relaxed);
  out.psi_path[kCgroupPathBytes - 1] = '\0';
}

void ResetInChild() {
  state.stalled_us.store(0, std::memory_order_relaxed);
  state.high_events.store(0, std::memory_order_relaxed);
  state.max_events.store(0, std::memory_order_relaxed);
  state.oom_kills.store(0, std::memory_order_relaxed);
  state.cohort_members.store(1, std::memory_order_relaxed);
  state.recoverable_bytes.store(0, std::memory_order_relaxed);
  state.psi.store(WatchState::kAbsent, std::memory_order_relaxed);
  state.events.store(WatchState::kAbsent, std::memory_order_relaxed);
  state.systemd.store(WatchState::kAbsent, std::memory_order_relaxed);
  state.psi_path[0].store('\0', std::memory_order_relaxed);
}

}  // namespace memgov::published
