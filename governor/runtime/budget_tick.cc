#include "governor/runtime/budget_tick.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/base/text.h"
#include "governor/budget/admission.h"
#include "governor/budget/budget.h"
#include "governor/budget/emergency.h"
#include "governor/budget/gate.h"
#include "governor/budget/pool_budgets.h"
#include "governor/cohort/cohort.h"
#include "governor/config/options.h"
#include "governor/control/callbacks.h"
#include "governor/policy/recycle.h"
#include "governor/release/releaser.h"
#include "governor/runtime/exit_guard.h"
#include "governor/runtime/last_words.h"
#include "governor/telemetry/evidence.h"
#include "governor/telemetry/published.h"

namespace memgov::governor::budget_tick {
namespace {

constexpr uint64_t kSecondNs = 1000000000;
// All slots may be taken, or a slot lost to a clock that lies: then again, seldom.
constexpr uint64_t kJoinAgainNs = 10 * kSecondNs;
// A pool that stays above its budget: callbacks and releases again, at most this often.
constexpr uint64_t kPoolAgainNs = kSecondNs;

constinit char** environment = nullptr;
constinit PressureWatch watch;

struct State {
  Ladder ladder;
  uint64_t joined_ns = 0;  // the last attempt to join the cohort; 0: none yet
  uint64_t read_ns = 0;    // the last reading
  uint64_t next_read_ns = 0;
  uint64_t allocated_bytes = 0;  // at the last reading
  uint64_t pool_ns = 0;          // when pools were last seen to
  CohortMember me;
  uint64_t fresh_bytes = 0;  // at the last reading
  RecycleHint recycle;
  uint64_t recycle_ns = 0;
};
constinit State state;

// Set by who met a limit, taken by the tick: relaxed, for the wake that follows orders it.
constinit std::atomic<bool> look_now{false};

const char* Variable(const char* name) {
  for (char** entry = environment; entry != nullptr && *entry != nullptr; ++entry) {
    const char* rest = SkipPrefix(*entry, name);
    if (rest != nullptr && *rest == '=') return rest + 1;
  }
  return nullptr;
}

bool MayExport() { return options::Get(Option::kExport) != 0; }

// Only who shares a limit has a cohort.
void JoinIfNeeded(const budget::Charge& charge, const Moment& moment) {
  if (cohort::Joined() || !charge.from_cgroup || !moment.own_thread || !MayExport() ||
      options::Get(Option::kCohort) == 0 ||
      (state.joined_ns != 0 && moment.now_ns - state.joined_ns < kJoinAgainNs))
    return;
  state.joined_ns = moment.now_ns;
  cohort::Join(cohort::RuntimeFolder(environment), budget::Cgroup().identity());
}

// Fresh memory of about the last second.
void NoteDemand(uint64_t fresh_bytes, uint64_t elapsed_ns) {
  const uint64_t taken = fresh_bytes > state.fresh_bytes ? fresh_bytes - state.fresh_bytes : 0;
  const uint64_t kept = elapsed_ns >= kSecondNs
                            ? 0
                            : state.me.demand_bytes / kSecondNs * (kSecondNs - elapsed_ns) +
                                  state.me.demand_bytes % kSecondNs * (kSecondNs - elapsed_ns) / kSecondNs;
  state.me.demand_bytes = kept + taken;
  state.fresh_bytes = fresh_bytes;
}

CohortView MeetOthers(const budget::Charge& charge, const Moment& moment) {
  JoinIfNeeded(charge, moment);
  if (!cohort::Joined()) {
    budget::NoteCohort({}, {});
    return {};
  }
  cohort::Publish(state.me, moment.now_ns);
  const CohortView view = cohort::View(moment.now_ns);
  budget::NoteCohort(state.me, view);
  published::SetCohortMembers(view.members);
  return view;
}

ReleaseReason ReasonOf(const LadderDecision& decision, bool pressed) {
  if (decision.rung == Rung::kHard) return ReleaseReason::kHard;
  return pressed ? ReleaseReason::kPressure : ReleaseReason::kSoft;
}

void Notify(const budget::Charge& charge, const Limits& limits, Rung rung, uint64_t want_bytes,
            const char* pool) {
  callbacks::Post({rung, charge.charged_bytes, limits.soft_bytes, limits.hard_bytes, want_bytes, pool});
}

LadderReadings ReadingsFor(const budget::Charge& charge, const Limits& limits, const PressureSigns& signs,
                           uint64_t now_ns) {
  LadderReadings readings;
  readings.now_ns = now_ns;
  readings.charged_bytes = charge.charged_bytes;
  readings.soft_bytes = limits.soft_bytes;
  readings.hard_bytes = limits.hard_bytes;
  readings.pressed = signs.pressed;
  readings.high_events = signs.delta.high;
  readings.max_events = signs.delta.max;
  readings.oom_events = signs.delta.oom;
  return readings;
}

LadderDecision Climb(EngineControl& engine, const Moment& moment, const budget::Charge& charge,
                     const CohortView& view, const PressureSigns& signs) {
  const Limits limits = budget::CurrentLimits();
  const LadderDecision decision = state.ladder.Tick(ReadingsFor(charge, limits, signs, moment.now_ns));
  budget::SetRung(decision.rung);
  const bool hard = decision.rung == Rung::kHard;
  if (decision.release != LadderRelease::kNothing && IsTurnToRelease(state.me, view, hard)) {
    const bool all = decision.release == LadderRelease::kAll;
    releaser::ReleaseOn(moment.own_thread, engine, ReasonOf(decision, signs.pressed || signs.events),
                        all ? UINT64_MAX : decision.want_bytes);
  }
  if (decision.notify) Notify(charge, limits, decision.rung, decision.want_bytes, nullptr);
  return decision;
}

void SeeToPools(EngineControl& engine, const Moment& moment, const budget::Charge& charge) {
  const pool_budgets::Outcome outcome = pool_budgets::Check(engine);
  if (!outcome.any_over || (!outcome.newly && moment.now_ns - state.pool_ns < kPoolAgainNs)) return;
  state.pool_ns = moment.now_ns;
  releaser::ReleaseOn(moment.own_thread, engine, ReleaseReason::kPool);
  Notify(charge, budget::CurrentLimits(), budget::CurrentRung(), outcome.excess_bytes,
         pools::Get(outcome.worst).name);
}

budget::Charge ReadAll(const Moment& moment) {
  const budget::Charge charge = admission::ReadForTick(moment.now_ns);
  NoteDemand(charge.fresh_bytes, moment.now_ns - state.read_ns);
  state.me.anonymous_bytes = charge.anonymous_bytes;
  state.me.releasable_bytes = admission::ReusableBytes();
  state.read_ns = moment.now_ns;
  return charge;
}

bool AnyReady(const Moment& moment) {
  for (int index = 0; index < moment.polled_count; ++index) {
    if (moment.polled[index].revents != 0) return true;
  }
  return false;
}

// Looking through all slabs costs tens of microseconds, and the hint is about minutes.
void NoteFragmentation(EngineControl& engine, uint64_t now_ns) {
  constexpr uint64_t kAgainNs = 10 * kSecondNs;
  EngineFigures figures;
  if (now_ns - state.recycle_ns < kAgainNs || !engine.Describe(&figures)) return;
  state.recycle_ns = now_ns;
  state.recycle.Tick({now_ns, figures.live_bytes, figures.fragmentation_bytes, figures.HeldBytes()});
  published::SetRecycle(state.recycle);
}

// At rest: nothing is charged by this process, and what others do is told by the kernel, or asked for seldom.
uint64_t RestNs(Rung rung) {
  if (rung != Rung::kNormal) return kSecondNs;
  return budget::CurrentLimits().Any() && watch.NeedsPolling() ? PressureWatch::kPollNs : UINT64_MAX;
}

}  // namespace

void Install(char** process_environment) { environment = process_environment; }

void OpenWatch(bool may_wait) {
  budget::Start();
  if (options::Get(Option::kPressure) == 0) return;
  watch.Open(budget::Cgroup(), "", Variable("MEMORY_PRESSURE_WATCH"), Variable("MEMORY_PRESSURE_WRITE"),
             may_wait);
  published::SetWatching(watch);
}

void LookNow() { look_now.store(true, std::memory_order_relaxed); }

int Descriptors(pollfd* out) { return watch.Descriptors(out); }

namespace {

uint64_t TickOpen(EngineControl& engine, const Moment& moment) {
  budget::Start();
  const bool asked = look_now.exchange(false, std::memory_order_relaxed);
  const bool at_rest = moment.allocated_bytes == state.allocated_bytes && !asked;
  if (moment.own_thread && emergency::TakeRequest()) releaser::Release(engine, ReleaseReason::kEmergency);
  if (!asked && !AnyReady(moment) && moment.now_ns < state.next_read_ns)
    return state.next_read_ns - moment.now_ns;
  state.allocated_bytes = moment.allocated_bytes;
  PressureSigns signs;
  if (moment.own_thread) signs = watch.Collect(moment.polled, moment.polled_count);
  const bool news = signs.pressed || signs.events;
  published::AddPressure(signs);
  const budget::Charge charge = ReadAll(moment);
  const CohortView view = MeetOthers(charge, moment);
  const LadderDecision decision = Climb(engine, moment, charge, view, signs);
  SeeToPools(engine, moment, charge);
  if (moment.own_thread) NoteFragmentation(engine, moment.now_ns);
  if (moment.own_thread && MayExport()) last_words::Note(engine, charge, moment.now_ns, environment);
  uint64_t sleep_ns = decision.next_ns;
  if (at_rest && !news && !decision.changed && decision.rung != Rung::kHard) {
    const uint64_t rest_ns = RestNs(decision.rung);
    if (rest_ns > sleep_ns) sleep_ns = rest_ns;
    if (sleep_ns > Ladder::kFarNs) budget::NarrowGate();
  }
  state.next_read_ns = sleep_ns == UINT64_MAX ? moment.now_ns + Ladder::kFarNs : moment.now_ns + sleep_ns;
  return sleep_ns;
}

}  // namespace

uint64_t Tick(EngineControl& engine, const Moment& moment) {
  const uint64_t sleep_ns = exit_guard::Enter() ? TickOpen(engine, moment) : UINT64_MAX;
  exit_guard::Leave();
  return sleep_ns;
}

void AtExit() {
  cohort::Leave();
  evidence::Remove();
}

void ResetInChild() {
  watch.ForgetInChild();
  cohort::ForgetInChild();
  evidence::ForgetInChild();
  last_words::ResetInChild();
  published::ResetInChild();
  look_now.store(false, std::memory_order_relaxed);
  state = State{};
}

}  // namespace memgov::governor::budget_tick
