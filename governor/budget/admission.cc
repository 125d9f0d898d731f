#include "governor/budget/admission.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/budget/budget.h"
#include "governor/budget/gate.h"
#include "governor/budget/pool_budgets.h"
#include "governor/budget/state.h"
#include "governor/cohort/cohort.h"
#include "governor/pools/thread_registry.h"

namespace memgov::admission {
namespace {

// A yes needs a reading no older than this, a no one of this.
constexpr uint64_t kStaleNs = 50 * 1000000ULL;
constexpr uint64_t kFreshNs = 10 * 1000000ULL;
// When something is deferred and the governor has not looked for so long, it is woken.
constexpr uint64_t kLateNs = 50 * 1000000ULL;

// Relaxed: figures. What must be atomic, the reservation, is the cohort's.
constinit std::atomic<uint64_t> admitted{0};
constinit std::atomic<uint64_t> deferred{0};
constinit std::atomic<uint64_t> rejected{0};
constinit std::atomic<uint64_t> given_back{0};
constinit std::atomic<uint64_t> forgotten_bytes{0};

// Of the last reading.
constinit std::atomic<uint64_t> reusable{0};
constinit std::atomic<uint64_t> base{0};
constinit std::atomic<uint64_t> admitted_since{0};  // and not given back
constinit std::atomic<uint64_t> read_ns{0};
constinit std::atomic<uint64_t> ticked_ns{0};  // the governor's last

// Under `noting`, which is only ever tried (NoteUse).
constinit std::atomic<bool> noting{false};
constinit AdmissionBase base_rule;
constinit ForgottenWatch forgotten_rule;

uint64_t Beyond(uint64_t bytes, uint64_t less) { return bytes > less ? bytes - less : 0; }

void SubtractAtMost(std::atomic<uint64_t>& value, uint64_t bytes) {
  uint64_t now = value.load(std::memory_order_relaxed);
  while (!value.compare_exchange_weak(now, Beyond(now, bytes), std::memory_order_relaxed)) {
  }
}

uint64_t UsedBytes(const budget::Charge& charge) {
  return Beyond(charge.charged_bytes + charge.in_flight_bytes, reusable.load(std::memory_order_relaxed));
}

uint64_t SinceBytes(const budget::Charge& charge) {
  const uint64_t fresh = Beyond(gate::state.fresh.load(std::memory_order_relaxed), charge.fresh_bytes);
  const uint64_t promised = admitted_since.load(std::memory_order_relaxed);
  return fresh > promised ? fresh : promised;
}

bool IsPoolOver() {
  const ThreadRecord* record = threads::current;
  return record != nullptr && pool_budgets::IsOver(record->current_pool.load(std::memory_order_relaxed));
}

// `bytes` are reserved already, and are not in `reserved_bytes`.
Admission Decide(uint64_t bytes, uint64_t reserved_bytes) {
  const Limits limits = budget::CurrentLimits();
  const budget::Charge charge = budget::Last();
  AdmissionReadings readings;
  readings.bytes = bytes;
  readings.rung = budget::CurrentRung();
  readings.soft_bytes = limits.soft_bytes;
  readings.hard_bytes = limits.hard_bytes;
  readings.used_bytes = UsedBytes(charge);
  readings.since_bytes = SinceBytes(charge);
  readings.base_bytes = base.load(std::memory_order_relaxed);
  readings.reserved_bytes = reserved_bytes;
  readings.pool_over = IsPoolOver();
  return DecideAdmission(readings);
}

// By one thread at a time: who finds another at it goes on with what that one leaves.
void NoteUse(uint64_t now_ns, uint64_t admitted_before) {
  if (noting.exchange(true, std::memory_order_acquire)) return;
  reusable.store(budget::ReusableBytes(), std::memory_order_relaxed);
  SubtractAtMost(admitted_since, admitted_before);
  const uint64_t used = UsedBytes(budget::Last());
  base.store(base_rule.Tick(used, cohort::Reserved() + cohort::ReservedByOthers()),
             std::memory_order_relaxed);
  const Counters counters = ReadCounters();
  if (forgotten_rule.Tick({now_ns, cohort::Reserved(), counters.admitted, counters.given_back,
                           counters.deferred, used, budget::CurrentLimits().soft_bytes})) {
    forgotten_bytes.fetch_add(cohort::Unreserve(cohort::Reserved()), std::memory_order_relaxed);
  }
  noting.store(false, std::memory_order_release);
}

// True when there is a newer reading now: the last one was older than that.
bool Refresh(uint64_t now_ns, uint64_t most_age_ns) {
  uint64_t read = read_ns.load(std::memory_order_relaxed);
  if (now_ns - read < most_age_ns ||
      !read_ns.compare_exchange_strong(read, now_ns, std::memory_order_relaxed))
    return false;
  const uint64_t admitted_before = admitted_since.load(std::memory_order_relaxed);
  budget::Read();
  NoteUse(now_ns, admitted_before);
  return true;
}

// The dead members of the cohort are the governor's business, and so is the rung.
void WakeGovernorIfLate(uint64_t now_ns) {
  if (now_ns - ticked_ns.load(std::memory_order_relaxed) >= kLateNs) budget::WakeGovernor();
}

void Count(Admission answer) {
  std::atomic<uint64_t>& counter = answer == Admission::kAdmitted ? admitted
                                   : answer == Admission::kDefer  ? deferred
                                                                  : rejected;
  counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

// Reserve first, then look at everybody's: of two that together do not fit, at most one stays.
Admission Admit(uint64_t bytes) {
  budget::Start();
  Admission answer = Admission::kReject;
  if (bytes <= kAbsurdBytes) {
    const uint64_t now_ns = os::NowNanoseconds();
    Refresh(now_ns, kStaleNs);
    cohort::Reserve(bytes);
    const uint64_t others = Beyond(cohort::Reserved(), bytes) + cohort::ReservedByOthers();
    answer = Decide(bytes, others);
    if (answer != Admission::kAdmitted && Refresh(now_ns, kFreshNs)) answer = Decide(bytes, others);
    if (answer == Admission::kAdmitted) {
      admitted_since.fetch_add(bytes, std::memory_order_relaxed);
    } else {
      cohort::Unreserve(bytes);
      WakeGovernorIfLate(now_ns);
    }
  }
  Count(answer);
  return answer;
}

void Done(uint64_t bytes) {
  SubtractAtMost(admitted_since, cohort::Unreserve(bytes));
  given_back.fetch_add(1, std::memory_order_relaxed);
}

uint64_t AdmittedBytes() { return cohort::Reserved(); }

Counters ReadCounters() {
  return {admitted.load(std::memory_order_relaxed), deferred.load(std::memory_order_relaxed),
          rejected.load(std::memory_order_relaxed), given_back.load(std::memory_order_relaxed),
          forgotten_bytes.load(std::memory_order_relaxed)};
}

uint64_t ReusableBytes() { return reusable.load(std::memory_order_relaxed); }

budget::Charge ReadForTick(uint64_t now_ns) {
  ticked_ns.store(now_ns, std::memory_order_relaxed);
  read_ns.store(now_ns, std::memory_order_relaxed);
  const uint64_t admitted_before = admitted_since.load(std::memory_order_relaxed);
  const budget::Charge charge = budget::Read();
  NoteUse(now_ns, admitted_before);
  return charge;
}

void ResetInChild() {
  for (std::atomic<uint64_t>* counter : {&admitted, &deferred, &rejected, &given_back, &forgotten_bytes}) {
    counter->store(0, std::memory_order_relaxed);
  }
  admitted_since.store(0, std::memory_order_relaxed);
  read_ns.store(0, std::memory_order_relaxed);
  noting.store(false, std::memory_order_relaxed);
  base_rule = AdmissionBase();
  forgotten_rule = ForgottenWatch();
}

}  // namespace memgov::admission
