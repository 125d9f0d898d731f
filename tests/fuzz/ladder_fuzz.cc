// Any bytes as a sequence of readings: every decision of the ladder keeps to its invariants, and the limits
// that are made of them are in order.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "governor/policy/ladder.h"
#include "governor/policy/limits.h"
#include "unit/policy/ladder_invariants.h"

using namespace memgov;

namespace {

// Takes bytes off the input; zeros after its end.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), left_(size) {}

  bool Empty() const { return left_ == 0; }

  template <typename T>
  T Take() {
    T value{};
    const size_t bytes = left_ < sizeof value ? left_ : sizeof value;
    memcpy(&value, data_, bytes);
    data_ += bytes;
    left_ -= bytes;
    return value;
  }

  // Small figures half of the time, so that they meet the limits.
  uint64_t TakeBytes(bool small) { return small ? Take<uint16_t>() : Take<uint64_t>(); }

 private:
  const uint8_t* data_;
  size_t left_;
};

void Require(bool holds) {
  if (!holds) __builtin_trap();
}

Limits TakeLimits(Input& input) {
  const uint8_t kinds = input.Take<uint8_t>();
  const bool small = (kinds & 16) != 0;
  LimitInputs inputs;
  inputs.hard = {static_cast<BudgetKind>(kinds & 3), input.TakeBytes(small)};
  inputs.soft = {static_cast<BudgetKind>(kinds >> 2 & 3), input.TakeBytes(small)};
  if ((kinds & 32) != 0) inputs.container_bytes = input.TakeBytes(small);
  if ((kinds & 64) != 0) inputs.machine_bytes = input.TakeBytes(small);
  const Limits limits = ResolveLimits(inputs);
  Require(limits.soft_bytes >= 1 && limits.soft_bytes <= limits.hard_bytes);
  Require(limits.hard_bytes <= limits.wall_bytes);
  Require(limits.Any() == (limits.source != BudgetSource::kNone));
  return limits;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  Ladder ladder;
  LadderReadings readings;
  while (!input.Empty()) {
    const uint8_t flags = input.Take<uint8_t>();
    readings.now_ns = (flags & 1) != 0 ? input.Take<uint64_t>() : readings.now_ns + input.Take<uint32_t>();
    readings.charged_bytes = input.TakeBytes((flags & 2) != 0);
    readings.pressed = (flags & 4) != 0;
    readings.high_events = (flags & 8) != 0 ? input.Take<uint64_t>() : 0;
    readings.max_events = (flags & 16) != 0 ? 1 : 0;
    readings.oom_events = (flags & 32) != 0 ? input.Take<uint64_t>() : 0;
    if ((flags & 64) != 0) {
      const Limits limits = TakeLimits(input);
      readings.soft_bytes = limits.soft_bytes;
      readings.hard_bytes = limits.hard_bytes;
    } else if ((flags & 128) != 0) {
      readings.soft_bytes = input.TakeBytes(true);
      readings.hard_bytes = input.TakeBytes(true);
    }
    const Rung before = ladder.rung();
    Require(Broken(readings, ladder.Tick(readings), before) == nullptr);
  }
  return 0;
}
