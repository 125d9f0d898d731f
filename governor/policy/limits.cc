#include "governor/policy/limits.h"

#include "governor/config/parse.h"

namespace memgov {
namespace {

constexpr uint64_t kNone = UINT64_MAX;

uint64_t Least(uint64_t a, uint64_t b) { return a < b ? a : b; }
uint64_t AtLeastOne(uint64_t bytes) { return bytes == 0 ? 1 : bytes; }

// kNone stays kNone; what is out of 1 to 100 is the nearest of them.
uint64_t Share(uint64_t bytes, uint64_t percent) {
  if (bytes == kNone) return kNone;
  percent = Least(AtLeastOne(percent), 100);
  return AtLeastOne(bytes / 100 * percent + bytes % 100 * percent / 100);
}

uint64_t AskedHard(const LimitInputs& inputs) {
  switch (inputs.hard.kind) {
    case BudgetKind::kAuto:
      return Share(inputs.container_bytes, kAutoHardPercent);
    case BudgetKind::kBytes:
      return AtLeastOne(inputs.hard.amount);
    case BudgetKind::kPercent:
      if (inputs.container_bytes != kNone) return Share(inputs.container_bytes, inputs.hard.amount);
      return inputs.machine_bytes != 0 ? Share(inputs.machine_bytes, inputs.hard.amount) : kNone;
    case BudgetKind::kOff:
      return kNone;
  }
  return kNone;
}

uint64_t SoftOf(const BudgetSpec& soft, uint64_t hard) {
  switch (soft.kind) {
    case BudgetKind::kOff:
      return hard;
    case BudgetKind::kPercent:
      return Share(hard, soft.amount);
    case BudgetKind::kBytes:
      if (AtLeastOne(soft.amount) <= hard) return AtLeastOne(soft.amount);
      break;
    case BudgetKind::kAuto:
      break;
  }
  return Share(hard, kDefaultSoftPercent);
}

}  // namespace

BudgetSpec SpecFromOption(int64_t value) {
  if (value == kBudgetAuto) return {BudgetKind::kAuto, 0};
  if (value == kBudgetOff) return {BudgetKind::kOff, 0};
  if (value < 0) return {BudgetKind::kPercent, Least(static_cast<uint64_t>(-value), 100)};
  return {BudgetKind::kBytes, static_cast<uint64_t>(value)};
}

const char* BudgetSourceName(BudgetSource source) {
  switch (source) {
    case BudgetSource::kNone:
      return "none";
    case BudgetSource::kContainer:
      return "container";
    case BudgetSource::kEnvironment:
      return "environment";
    case BudgetSource::kApi:
      return "API";
  }
  return "unknown";
}

uint64_t UnwindReserve(uint64_t container_bytes) {
  if (container_bytes == kNone) return 0;
  constexpr uint64_t kLeast = 1 << 20;
  constexpr uint64_t kMost = 16 << 20;
  uint64_t reserve = Least(container_bytes / 100, kMost);
  if (reserve < kLeast) reserve = kLeast;
  return Least(reserve, container_bytes / 2);
}

Limits ResolveLimits(const LimitInputs& inputs) {
  Limits limits;
  limits.container_bytes = inputs.container_bytes;
  if (inputs.container_bytes != kNone) limits.container_bytes = AtLeastOne(inputs.container_bytes);
  if (inputs.hard.kind == BudgetKind::kOff) return limits;
  if (limits.container_bytes != kNone) {
    limits.wall_bytes = AtLeastOne(limits.container_bytes - UnwindReserve(limits.container_bytes));
  }
  const uint64_t asked = AskedHard(inputs);
  limits.hard_bytes = Least(asked, limits.wall_bytes);
  limits.soft_bytes = SoftOf(inputs.soft, limits.hard_bytes);
  if (limits.hard_bytes == kNone) {
    limits.source = limits.soft_bytes == kNone ? BudgetSource::kNone : inputs.asked_by;
  } else if (inputs.hard.kind == BudgetKind::kAuto || limits.hard_bytes < asked) {
    limits.source = BudgetSource::kContainer;
  } else {
    limits.source = inputs.asked_by;
  }
  return limits;
}

}  // namespace memgov
