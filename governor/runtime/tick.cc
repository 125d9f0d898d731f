#include "governor/runtime/tick.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "governor/pools/sampler.h"
#include "governor/pools/thread_naming.h"
#include "governor/release/policy.h"
#include "governor/release/releaser.h"
#include "governor/telemetry/census.h"
#include "governor/telemetry/report.h"

namespace memgov::governor {
namespace {

// kAwake -> kAsleep by the governor before it reads the counters one last time; kAsleep -> kAwake by whoever
// wakes it. Both are sequentially consistent exchanges: either that last read sees the waker's counters, or
// the waker sees kAsleep.
enum : uint32_t { kAwake, kAsleep };
constinit std::atomic<uint32_t> sleep_state{kAwake};
constinit std::atomic<bool> ticking_inline{false};

const uint32_t* SleepWord() { return reinterpret_cast<const uint32_t*>(&sleep_state); }

PolicySettings SettingsFromOptions() {
  return {static_cast<uint64_t>(options::Get(Option::kTrimInterval)),
          static_cast<uint64_t>(options::Get(Option::kIdle))};
}

struct TickState {
  ReleasePolicy policy;
  bool initialised = false;
  uint64_t next_report_ns = 0;
};
constinit TickState state;  // the governor's thread, or the holder of ticking_inline

uint64_t ReportInterval() {
  const int64_t interval = options::Get(Option::kReport);
  return interval > 0 ? static_cast<uint64_t>(interval) : 0;
}

// When the next report is due counts from the first tick.
uint64_t ReportIfDue(EngineControl& engine, uint64_t now_ns) {
  const uint64_t interval = ReportInterval();
  if (interval == 0) return kSleepUntilWoken;
  if (state.next_report_ns == 0) state.next_report_ns = now_ns + interval;
  if (now_ns >= state.next_report_ns) {
    PrintReport(engine);
    state.next_report_ns = now_ns + interval;
  }
  return state.next_report_ns - now_ns;
}

// What a tick may do: on a host's thread, whose stack may be small and which has better things to do, it
// prints nothing and waits for nobody.
enum class Place { kOwnThread, kHostThread };

void ReleaseFor(EngineControl& engine, Place place, ReleaseReason reason) {
  if (place == Place::kOwnThread) {
    releaser::Release(engine, reason);
  } else {
    releaser::TryRelease(engine, reason);
  }
}

// How long to sleep.
uint64_t Tick(EngineControl& engine, Place place) {
  if (!state.initialised) {
    state.policy = ReleasePolicy(SettingsFromOptions());
    state.initialised = true;
  }
  const uint64_t now_ns = os::NowNanoseconds();
  const bool unnamed_left = ResolveThreads(now_ns);
  NotePeaks();
  const uint64_t allocated = SweepThreads(now_ns);
  const Decision decision = state.policy.Tick({now_ns, allocated, sampler::FreedBytes()});
  if (decision.trigger == Trigger::kIdle) ReleaseFor(engine, place, ReleaseReason::kIdle);
  if (decision.trigger == Trigger::kPeriodic && !engine.HasDemandWindow())
    ReleaseFor(engine, place, ReleaseReason::kPeriodic);
  uint64_t sleep_ns = decision.sleep_ns;
  const uint64_t engine_ns = releaser::TickEngine(engine, now_ns);
  if (engine_ns < sleep_ns) sleep_ns = engine_ns;
  const uint64_t report_ns = place == Place::kOwnThread ? ReportIfDue(engine, now_ns) : kSleepUntilWoken;
  if (report_ns < sleep_ns) sleep_ns = report_ns;
  if (unnamed_left && sleep_ns > ReleasePolicy::kLongestSleepNs) sleep_ns = ReleasePolicy::kLongestSleepNs;
  return sleep_ns;
}

}  // namespace

void RunTicks(EngineControl& engine) {
  for (;;) {
    sleep_state.exchange(kAsleep, std::memory_order_seq_cst);
    const uint64_t sleep_ns = Tick(engine, Place::kOwnThread);
    if (sleep_ns == kSleepUntilWoken) {
      os::FutexWait(SleepWord(), kAsleep, -1);
      // Where no release is ever due, activity alone must not make a tick of every sampling interval.
      os::SleepNanoseconds(ReleasePolicy::kShortestSleepNs);
    } else {
      sleep_state.store(kAwake, std::memory_order_relaxed);
      os::SleepNanoseconds(sleep_ns);
    }
  }
}

void TickOnThisThread(EngineControl& engine) {
  if (ticking_inline.exchange(true, std::memory_order_acquire)) return;
  Tick(engine, Place::kHostThread);
  ticking_inline.store(false, std::memory_order_release);
}

void WakeGovernor() {
  if (sleep_state.exchange(kAwake, std::memory_order_seq_cst) == kAsleep) os::FutexWake(SleepWord(), 1);
}

void ResetTickInChild() {
  sleep_state.store(kAwake, std::memory_order_relaxed);
  ticking_inline.store(false, std::memory_order_relaxed);
  state = TickState{};
}

}  // namespace memgov::governor
