#include "governor/budget/gate.h"

#include <stdlib.h>

#include "governor/base/errno_keeper.h"
#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/budget/budget.h"
#include "governor/budget/emergency.h"
#include "governor/budget/state.h"
#include "governor/config/options.h"

namespace memgov {

namespace gate {

constinit State state;
constinit thread_local Attempt attempt;

}  // namespace gate

namespace budget {
namespace {

// Relaxed: figures for reading only.
constinit std::atomic<uint64_t> refused{0};
constinit std::atomic<uint64_t> refused_bytes{0};

constinit std::atomic<void (*)()> waker{nullptr};

bool Fits(const Charge& charge, uint64_t limit, uint64_t bytes) {
  if (!charge.valid || limit == UINT64_MAX) return true;
  const uint64_t estimate = Estimate(charge);
  return estimate <= limit && bytes <= limit - estimate;
}

uint64_t LimitFor(bool big) {
  const Limits now = CurrentLimits();
  return big ? now.hard_bytes : now.wall_bytes;
}

// By a reading of this moment. Where there is none to be had (no descriptors left, no /proc any more) nobody
// is refused.
bool MayPass(uint64_t bytes, bool big) {
  const Charge charge = Read();
  return options::Get(Option::kOnHard) == kOnHardIgnore || Fits(charge, LimitFor(big), bytes);
}

void RaiseCeiling(uint64_t bytes, bool big) {
  const uint64_t wanted = gate::state.fresh.load(std::memory_order_relaxed) + bytes;
  std::atomic<uint64_t>& ceiling = gate::CeilingFor(big);
  uint64_t now = ceiling.load(std::memory_order_relaxed);
  while (now < wanted && !ceiling.compare_exchange_weak(now, wanted, std::memory_order_relaxed)) {
  }
}

[[noreturn]] void AbortAtLimit(uint64_t bytes) {
  {
    const Limits now = CurrentLimits();
    Message message;
    message->Text("MEMGOV_ON_HARD=abort: an allocation of ").Bytes(bytes).Text(" would pass the budget of ");
    message->Bytes(now.hard_bytes).Text(" (charged: ").Bytes(Last().charged_bytes).Text(")");
  }
  abort();
}

// Where there is nothing to keep to, nobody asks again.
void OpenForGood() {
  gate::state.big_ceiling.store(UINT64_MAX, std::memory_order_relaxed);
  gate::state.small_ceiling.store(UINT64_MAX, std::memory_order_relaxed);
}

}  // namespace

void WakeGovernor() {
  if (void (*wake)() = waker.load(std::memory_order_relaxed)) wake();
}

void SetWaker(void (*wake)()) { waker.store(wake, std::memory_order_relaxed); }

Counters ReadCounters() {
  Counters counters = emergency::ReadCounters();
  counters.refused = refused.load(std::memory_order_relaxed);
  counters.refused_bytes = refused_bytes.load(std::memory_order_relaxed);
  return counters;
}

void ResetGateInChild() {
  refused.store(0, std::memory_order_relaxed);
  refused_bytes.store(0, std::memory_order_relaxed);
  emergency::ResetInChild();
  NarrowGate();  // what was left is left for parent and child together
}

}  // namespace budget

bool gate::Ask(uint64_t bytes, bool big) {
  const ErrnoKeeper keep_errno;
  if (budget::engine == nullptr) {
    budget::OpenForGood();
    return true;
  }
  budget::Start();
  if (!budget::MayPass(bytes, big)) {
    budget::WakeGovernor();
    if (!emergency::Release() || !budget::MayPass(bytes, big)) return false;
  }
  budget::RaiseCeiling(bytes, big);
  return true;
}

void gate::CountRefused(uint64_t bytes) {
  budget::refused.fetch_add(1, std::memory_order_relaxed);
  budget::refused_bytes.fetch_add(bytes, std::memory_order_relaxed);
}

void gate::Refuse(uint64_t bytes) {
  CountRefused(bytes);
  budget::WakeGovernor();
  if (options::Get(Option::kOnHard) == kOnHardAbort) budget::AbortAtLimit(bytes);
}

}  // namespace memgov
