#include "governor/runtime/tick.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/budget/budget.h"
#include "governor/config/options.h"
#include "governor/pools/sampler.h"
#include "governor/pools/thread_naming.h"
#include "governor/release/policy.h"
#include "governor/release/releaser.h"
#include "governor/runtime/budget_tick.h"
#include "governor/runtime/control_tick.h"
#include "governor/runtime/exit_guard.h"
#include "governor/runtime/idle_pools.h"
#include "governor/runtime/publishing.h"
#include "governor/runtime/sleeper.h"
#include "governor/telemetry/census.h"
#include "governor/telemetry/report.h"

namespace memgov::governor {
namespace {

constinit std::atomic<bool> ticking_inline{false};

// An interval that somebody set is a wish to release under traffic, whatever it stops.
PolicySettings SettingsFor(const EngineControl& engine) {
  const uint64_t interval_ns = static_cast<uint64_t>(options::Get(Option::kTrimInterval));
  const bool lulls = engine.ReleaseStopsTraffic() && !options::IsSet(Option::kTrimInterval);
  PolicySettings settings;
  settings.idle_ns = static_cast<uint64_t>(options::Get(Option::kIdle));
  (lulls ? settings.lull_interval_ns : settings.trim_interval_ns) = interval_ns;
  return settings;
}

struct TickState {
  ReleasePolicy policy;
  uint64_t report_interval_ns = 0;
  uint64_t next_report_ns = 0;
};
constinit TickState state;  // the governor's thread, or the holder of ticking_inline

uint64_t ReportInterval() {
  const int64_t interval = options::Get(Option::kReport);
  return interval > 0 ? static_cast<uint64_t>(interval) : 0;
}

// When the next report is due counts from the first tick, or from the one that saw the interval change.
uint64_t ReportIfDue(EngineControl& engine, uint64_t now_ns) {
  const uint64_t interval = ReportInterval();
  if (interval != state.report_interval_ns) state.next_report_ns = now_ns + interval;
  state.report_interval_ns = interval;
  if (interval == 0) return kSleepUntilWoken;
  if (now_ns >= state.next_report_ns) {
    PrintReport(engine);
    state.next_report_ns = now_ns + interval;
  }
  return state.next_report_ns - now_ns;
}

// Sums that only grow, and above them what may change while they do not: names that were still to be found,
// the rung.
uint64_t Activity(uint64_t allocated, bool unnamed_left) {
  const ReleaseTotals given_back = releaser::AllTotals();
  const uint64_t sums = allocated + sampler::FreedBytes() + given_back.bytes + given_back.passes;
  const uint64_t condition = static_cast<uint64_t>(budget::CurrentRung()) * 2 + (unnamed_left ? 1 : 0);
  return sums ^ (condition << 60);
}

uint64_t PublishIfDue(EngineControl& engine, uint64_t now_ns, uint64_t activity) {
  const uint64_t sleep_ns =
      exit_guard::Enter() ? publishing::Note(engine, now_ns, activity) : kSleepUntilWoken;
  exit_guard::Leave();
  return sleep_ns;
}

// What a tick may do: on a host's thread, whose stack may be small and which has better things to do, it
// prints nothing and waits for nobody.
enum class Place { kOwnThread, kHostThread };

// What came back from the last sleep.
struct Polled {
  pollfd descriptors[PressureWatch::kMostDescriptors + control_tick::kMostDescriptors];
  int count = 0;          // of pressure
  int control_count = 0;  // behind those
};

uint64_t ServeControl(const Polled& polled) {
  return control_tick::Serve(polled.descriptors + polled.count, polled.control_count);
}

void SleepOn(Polled& polled, uint64_t duration_ns) {
  polled.count = budget_tick::Descriptors(polled.descriptors);
  polled.control_count = control_tick::Descriptors(polled.descriptors + polled.count);
  sleeper::Sleep(duration_ns, polled.descriptors, polled.count + polled.control_count);
}

// How long to sleep.
uint64_t Tick(EngineControl& engine, Place place, const Polled& polled) {
  const PolicySettings settings = SettingsFor(engine);
  state.policy.Use(settings);
  const uint64_t now_ns = os::NowNanoseconds();
  const bool unnamed_left = ResolveThreads(now_ns);
  NotePeaks();
  const uint64_t allocated = SweepThreads(now_ns);
  const Decision decision = state.policy.Tick({now_ns, allocated, sampler::FreedBytes()});
  if (decision.trigger == Trigger::kIdle)
    releaser::ReleaseOn(place == Place::kOwnThread, engine, ReleaseReason::kIdle);
  if (decision.trigger == Trigger::kPeriodic && !engine.HasDemandWindow())
    releaser::ReleaseOn(place == Place::kOwnThread, engine, ReleaseReason::kPeriodic);
  const uint64_t cached = idle_pools::NewlyCached(engine, now_ns, settings.idle_ns);
  if (cached != 0 && place == Place::kOwnThread) releaser::Release(engine, ReleaseReason::kPool, cached);
  uint64_t sleep_ns = decision.sleep_ns;
  const uint64_t budget_ns = budget_tick::Tick(
      engine, {now_ns, allocated, polled.descriptors, polled.count, place == Place::kOwnThread});
  if (budget_ns < sleep_ns) sleep_ns = budget_ns;
  const uint64_t engine_ns = releaser::TickEngine(engine, now_ns);
  if (engine_ns < sleep_ns) sleep_ns = engine_ns;
  const uint64_t report_ns = place == Place::kOwnThread ? ReportIfDue(engine, now_ns) : kSleepUntilWoken;
  if (report_ns < sleep_ns) sleep_ns = report_ns;
  const uint64_t publish_ns = place == Place::kOwnThread
                                  ? PublishIfDue(engine, now_ns, Activity(allocated, unnamed_left))
                                  : kSleepUntilWoken;
  if (publish_ns < sleep_ns) sleep_ns = publish_ns;
  // A reading for the segment opens the gate as far as it finds room; for a long sleep that is too far.
  if (budget_ns > Ladder::kFarNs) budget::NarrowGate();
  if (unnamed_left && sleep_ns > ReleasePolicy::kLongestSleepNs) sleep_ns = ReleasePolicy::kLongestSleepNs;
  return sleep_ns;
}

}  // namespace

void RunTicks(EngineControl& engine) {
  Polled polled;
  for (;;) {
    sleeper::Prepare();
    const uint64_t begin_ns = os::NowNanoseconds();
    const uint64_t control_ns = ServeControl(polled);
    const uint64_t sleep_ns = Tick(engine, Place::kOwnThread, polled);
    SleepOn(polled, control_ns < sleep_ns ? control_ns : sleep_ns);
    // Activity alone must not make a tick of every sampling interval, nor a limit one of every refusal.
    const uint64_t passed_ns = os::NowNanoseconds() - begin_ns;
    if (passed_ns < ReleasePolicy::kShortestSleepNs)
      os::SleepNanoseconds(ReleasePolicy::kShortestSleepNs - passed_ns);
  }
}

void TickOnThisThread(EngineControl& engine) {
  if (ticking_inline.exchange(true, std::memory_order_acquire)) return;
  Tick(engine, Place::kHostThread, {});
  ticking_inline.store(false, std::memory_order_release);
}

void ResetTickInChild() {
  sleeper::ResetInChild();
  budget_tick::ResetInChild();
  publishing::ResetInChild();
  control_tick::ResetInChild();
  exit_guard::ResetInChild();
  idle_pools::ResetInChild();
  ticking_inline.store(false, std::memory_order_relaxed);
  state = TickState{};
}

}  // namespace memgov::governor
