#include "governor/budget/budget.h"

#include <atomic>

#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/budget/gate.h"
#include "governor/budget/state.h"
#include "governor/cohort/cohort.h"
#include "governor/config/machine_memory.h"
#include "governor/config/options.h"
#include "governor/policy/in_flight.h"

namespace memgov::budget {

constinit EngineControl* engine = nullptr;

namespace {

enum class Begun : uint8_t { kNo, kBusy, kYes };
// Release when the cgroup is known; acquire before it is looked at.
constinit std::atomic<Begun> begun{Begun::kNo};
constinit CgroupFiles files;
constinit uint64_t machine_bytes = 0;

// Relaxed, each by itself: see CurrentLimits.
struct AtomicLimits {
  std::atomic<uint64_t> soft{UINT64_MAX};
  std::atomic<uint64_t> hard{UINT64_MAX};
  std::atomic<uint64_t> wall{UINT64_MAX};
  std::atomic<uint64_t> container{UINT64_MAX};
  std::atomic<BudgetSource> source{BudgetSource::kNone};
};
constinit AtomicLimits limits;

// What the API asked for; 0: nothing.
constinit std::atomic<uint64_t> asked_soft{0};
constinit std::atomic<uint64_t> asked_hard{0};

struct AtomicCharge {
  std::atomic<uint64_t> charged{0};
  std::atomic<uint64_t> anonymous{0};
  std::atomic<uint64_t> in_flight{0};
  std::atomic<uint64_t> fresh{0};
  std::atomic<uint64_t> returned{0};
  std::atomic<bool> from_cgroup{false};
  std::atomic<bool> valid{false};
};
constinit AtomicCharge last;
constinit std::atomic<uint64_t> read_ns{0};  // begin of the reading that it is of

constinit std::atomic<Rung> rung{Rung::kNormal};

// Under `estimating`, which is only ever tried: who finds it taken uses the last estimate.
constinit InFlight in_flight;
constinit std::atomic<bool> estimating{false};

LimitInputs Inputs(uint64_t container_bytes) {
  LimitInputs inputs;
  inputs.container_bytes = container_bytes;
  inputs.machine_bytes = machine_bytes;
  if (const uint64_t hard = asked_hard.load(std::memory_order_relaxed); hard != 0) {
    const uint64_t soft = asked_soft.load(std::memory_order_relaxed);
    inputs.hard = {soft == UINT64_MAX ? BudgetKind::kOff : BudgetKind::kBytes, hard};
    inputs.soft = {BudgetKind::kBytes, soft};
    inputs.asked_by = BudgetSource::kApi;
    return inputs;
  }
  inputs.hard = SpecFromOption(options::Get(Option::kBudget));
  inputs.soft = SpecFromOption(options::Get(Option::kBudgetSoft));
  return inputs;
}

Limits Apply(uint64_t container_bytes) {
  const Limits now = ResolveLimits(Inputs(container_bytes));
  limits.soft.store(now.soft_bytes, std::memory_order_relaxed);
  limits.hard.store(now.hard_bytes, std::memory_order_relaxed);
  limits.wall.store(now.wall_bytes, std::memory_order_relaxed);
  limits.container.store(now.container_bytes, std::memory_order_relaxed);
  limits.source.store(now.source, std::memory_order_relaxed);
  return now;
}

// Engines without books count what they hand out again, too: there in flight would mean nothing.
uint64_t NoteInFlight(const Charge& charge, uint64_t now_ns) {
  if (!engine->GivesBackInSlices()) return 0;
  if (estimating.exchange(true, std::memory_order_acquire))
    return last.in_flight.load(std::memory_order_relaxed);
  const uint64_t bytes =
      in_flight.Note({now_ns, charge.fresh_bytes, charge.returned_bytes, charge.charged_bytes});
  estimating.store(false, std::memory_order_release);
  return bytes;
}

void Publish(const Charge& charge) {
  last.charged.store(charge.charged_bytes, std::memory_order_relaxed);
  last.anonymous.store(charge.anonymous_bytes, std::memory_order_relaxed);
  last.in_flight.store(charge.in_flight_bytes, std::memory_order_relaxed);
  last.fresh.store(charge.fresh_bytes, std::memory_order_relaxed);
  last.returned.store(charge.returned_bytes, std::memory_order_relaxed);
  last.from_cgroup.store(charge.from_cgroup, std::memory_order_relaxed);
  last.valid.store(charge.valid, std::memory_order_relaxed);
}

// Memory that is handed out takes more than itself: headers of slabs and the kernel's page tables, 2 to 3 %.
// After steps of half of what is left that error is smaller than the reserve when the limit is near.
uint64_t Step(uint64_t headroom) {
  constexpr uint64_t kWholeBytes = 4 << 20;
  return headroom <= kWholeBytes ? headroom : headroom / 2;
}

// Where the gate asks next: when this process has taken half of its share of what is left.
uint64_t Ceiling(uint64_t limit, const Charge& charge) {
  if (limit == UINT64_MAX || !charge.valid) return UINT64_MAX;
  const uint64_t used = charge.charged_bytes + charge.in_flight_bytes;
  const uint64_t headroom = limit > used ? limit - used : 0;
  return charge.fresh_bytes + Step(ShareOfCohort(headroom));
}

void OpenGate(const Limits& now, const Charge& charge) {
  const bool ignored = options::Get(Option::kOnHard) == kOnHardIgnore;
  gate::state.big_ceiling.store(ignored ? UINT64_MAX : Ceiling(now.hard_bytes, charge),
                                std::memory_order_relaxed);
  gate::state.small_ceiling.store(ignored ? UINT64_MAX : Ceiling(now.wall_bytes, charge),
                                  std::memory_order_relaxed);
}

// A cgroup that had a limit and says nothing now, or no /proc/self/statm: no descriptors left, a chroot. What
// was known stays; the governor's thread has descriptors of its own.
bool Failed(const CgroupReading& reading, const Charge& charge) {
  const bool cgroup_silent =
      !reading.valid && reading.usage_bytes == 0 && last.from_cgroup.load(std::memory_order_relaxed);
  return cgroup_silent || (!reading.valid && charge.anonymous_bytes == 0);
}

// The last reading, if that can still say anything; else one that is not valid.
Charge LastIfRecent(uint64_t now_ns) {
  constexpr uint64_t kRecentNs = 100 * 1000000ULL;
  if (now_ns - read_ns.load(std::memory_order_relaxed) < kRecentNs) return Last();
  return {};
}

// A thread that was kept from running since it read must not undo what a later reading has said.
bool IsNewest(uint64_t now_ns) {
  uint64_t before = read_ns.load(std::memory_order_relaxed);
  while (before < now_ns) {
    if (read_ns.compare_exchange_weak(before, now_ns, std::memory_order_relaxed)) return true;
  }
  return false;
}

Charge ReadWhile(Begun needed) {
  Charge charge;
  if (begun.load(std::memory_order_acquire) != needed) return charge;
  const uint64_t now_ns = os::NowNanoseconds();
  // Before the reading: what is handed out during it counts on top. Returned first: what both counts have
  // meanwhile must not look like a return of something older.
  charge.returned_bytes = gate::state.returned.load(std::memory_order_relaxed);
  charge.fresh_bytes = gate::state.fresh.load(std::memory_order_relaxed);
  const CgroupReading reading = files.Read();
  charge.anonymous_bytes = ReadResidentMemory().anonymous_bytes;
  if (Failed(reading, charge)) return LastIfRecent(now_ns);
  charge.from_cgroup = reading.valid;
  charge.charged_bytes = reading.valid ? reading.charged_bytes : charge.anonymous_bytes;
  charge.valid = charge.charged_bytes != 0;
  charge.in_flight_bytes = NoteInFlight(charge, now_ns);
  const Limits now = Apply(reading.valid ? reading.limit_bytes : UINT64_MAX);
  if (IsNewest(now_ns)) {
    Publish(charge);
    OpenGate(now, charge);
  }
  return charge;
}

// Whoever comes second would see no limits. Bounded: a signal handler may have interrupted the first on this
// very thread.
void WaitForStart() {
  constexpr uint64_t kLookNs = 50000;
  constexpr int kMostLooks = 200;
  for (int look = 0; look < kMostLooks && begun.load(std::memory_order_acquire) == Begun::kBusy; ++look) {
    os::SleepNanoseconds(kLookNs);
  }
}

}  // namespace

void Install(EngineControl& control) {
  engine = &control;
  // Constructors that ran before found nobody to ask.
  gate::state.big_ceiling.store(gate::kFirstCeiling, std::memory_order_relaxed);
  gate::state.small_ceiling.store(gate::kFirstCeiling, std::memory_order_relaxed);
}

bool Started() { return begun.load(std::memory_order_acquire) == Begun::kYes; }

void Start() {
  if (engine == nullptr || Started()) return;
  Begun expected = Begun::kNo;
  if (!begun.compare_exchange_strong(expected, Begun::kBusy, std::memory_order_acquire))
    return WaitForStart();
  files.Find("");
  machine_bytes = MachineMemory();
  ReadWhile(Begun::kBusy);  // limits first: then there is something to be seen
  begun.store(Begun::kYes, std::memory_order_release);
}

Limits CurrentLimits() {
  Limits now;
  now.soft_bytes = limits.soft.load(std::memory_order_relaxed);
  now.hard_bytes = limits.hard.load(std::memory_order_relaxed);
  now.wall_bytes = limits.wall.load(std::memory_order_relaxed);
  now.container_bytes = limits.container.load(std::memory_order_relaxed);
  now.source = limits.source.load(std::memory_order_relaxed);
  return now;
}

bool Set(uint64_t soft_bytes, uint64_t hard_bytes) {
  const bool back = soft_bytes == 0 && hard_bytes == 0;
  if (!back && (soft_bytes > hard_bytes || soft_bytes < kLeastBudgetBytes)) return false;
  asked_soft.store(soft_bytes, std::memory_order_relaxed);
  asked_hard.store(hard_bytes, std::memory_order_relaxed);
  if (Started()) Read();
  WakeGovernor();
  return true;
}

Charge Read() { return ReadWhile(Begun::kYes); }

void NarrowGate() {
  constexpr uint64_t kRestBytes = 1 << 20;
  const uint64_t fresh = gate::state.fresh.load(std::memory_order_relaxed);
  for (const bool big : {true, false}) {
    std::atomic<uint64_t>& ceiling = gate::CeilingFor(big);
    uint64_t now = ceiling.load(std::memory_order_relaxed);
    if (now != UINT64_MAX && now > fresh + kRestBytes)
      ceiling.compare_exchange_strong(now, fresh + kRestBytes, std::memory_order_relaxed);
  }
}

Charge Last() {
  Charge charge;
  charge.charged_bytes = last.charged.load(std::memory_order_relaxed);
  charge.anonymous_bytes = last.anonymous.load(std::memory_order_relaxed);
  charge.in_flight_bytes = last.in_flight.load(std::memory_order_relaxed);
  charge.fresh_bytes = last.fresh.load(std::memory_order_relaxed);
  charge.returned_bytes = last.returned.load(std::memory_order_relaxed);
  charge.from_cgroup = last.from_cgroup.load(std::memory_order_relaxed);
  charge.valid = last.valid.load(std::memory_order_relaxed);
  return charge;
}

uint64_t Estimate(const Charge& charge) {
  const uint64_t fresh = gate::state.fresh.load(std::memory_order_relaxed);
  const uint64_t since = fresh > charge.fresh_bytes ? fresh - charge.fresh_bytes : 0;
  const uint64_t returned = gate::state.returned.load(std::memory_order_relaxed);
  const uint64_t gone = returned > charge.returned_bytes ? returned - charge.returned_bytes : 0;
  // Only from what is not charged yet: what is, may have gone from the reading already.
  const uint64_t pending = charge.in_flight_bytes + since;
  return charge.charged_bytes + (pending > gone ? pending - gone : 0);
}

Rung CurrentRung() { return rung.load(std::memory_order_relaxed); }
void SetRung(Rung now) { rung.store(now, std::memory_order_relaxed); }
const CgroupFiles& Cgroup() { return files; }

void ResetInChild() {
  estimating.store(false, std::memory_order_relaxed);
  in_flight = InFlight();
  rung.store(Rung::kNormal, std::memory_order_relaxed);
  // Whoever was finding the cgroup does not exist here.
  if (begun.load(std::memory_order_relaxed) == Begun::kBusy)
    begun.store(Begun::kNo, std::memory_order_relaxed);
  NoteCohort({}, {});
  ResetGateInChild();
}

}  // namespace memgov::budget
