#include "governor/cli/advice/sizing.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace memgov::cli {
namespace {

constexpr uint64_t kMiB = 1ULL << 20;
constexpr uint64_t kGiB = 1ULL << 30;

// A pod whose use passes its request is among the first to be evicted when its node runs short (Kubernetes,
// "Node-pressure Eviction"): the request is above the peak, too.
constexpr int kRequestPercent = 10;

// MEMGOV_BUDGET=auto: 95 % of the container's limit; MEMGOV_BUDGET_SOFT: 84 % of that (docs/governor.md).
constexpr int kBudgetPercent = 95;
constexpr int kDefaultSoftPercent = 84;
constexpr int kMostSoftPercent = 95;

// What Google's on-premises Kubernetes nodes set aside (280 MiB and 5 % for the system and the kubelet), and
// the 100 MiB that the kubelet keeps free: "Resources available for your workloads", Anthos documentation.
constexpr uint64_t kSystemBytes = 280 * kMiB;
constexpr double kSystemPart = 0.05;
constexpr uint64_t kKeptFree = 100 * kMiB;

constexpr double kMinute = 60;
constexpr double kHour = 3600;

uint64_t WithPercent(uint64_t bytes, int percent) {
  return bytes + bytes / 100 * static_cast<uint64_t>(percent) +
         bytes % 100 * static_cast<uint64_t>(percent) / 100;
}

uint64_t RoundedUp(uint64_t bytes) { return (bytes + kMiB - 1) / kMiB * kMiB; }

void ChooseHeadroom(const Measurement& seen, const SizingWishes& wishes, Sizing& sizing) {
  const double ratio = static_cast<double>(seen.peak_resident) /
                       static_cast<double>(std::max<uint64_t>(seen.average_resident, 1));
  if (wishes.headroom_percent.has_value()) {
    sizing.headroom_percent = *wishes.headroom_percent;
    sizing.headroom_why = "as asked with --headroom";
  } else if (seen.one_look) {
    sizing.headroom_percent = 20;
    sizing.headroom_why = "the most, as one look shows neither load nor time";
  } else if (seen.seconds < 10 * kMinute) {
    sizing.headroom_percent = 20;
    sizing.headroom_why = "the most, as it was recorded for less than 10 minutes";
  } else if (ratio > 1.5) {
    sizing.headroom_percent = 20;
    sizing.headroom_why = "the most, as load comes in bursts: the peak is over 1.5 times the average";
  } else if (seen.seconds >= kHour && ratio <= 1.2) {
    sizing.headroom_percent = 10;
    sizing.headroom_why = "the least, after an hour or more with the peak within 1.2 times the average";
  } else {
    sizing.headroom_percent = 15;
    sizing.headroom_why = "after 10 minutes or more; 10 % would need an hour of steady load";
  }
}

void ChoosePeak(const Measurement& seen, int workers, Sizing& sizing) {
  const bool all_measured = seen.peak_charged.has_value() && seen.members == static_cast<uint64_t>(workers);
  if (workers > 0 && !all_measured) {
    sizing.peak = sizing.base + static_cast<uint64_t>(workers) * seen.peak_anonymous;
    sizing.peak_of =
        absl::StrCat("base + ", workers, " workers, each at this one's peak of anonymous memory");
    return;
  }
  sizing.peak = seen.Peak();
  if (!seen.PeakIsCharged()) {
    sizing.peak_of = "RSS; sockets and other kernel memory are left to the headroom";
  } else if (seen.members > 1) {
    sizing.peak_of = absl::StrCat("what the container is charged for, ", seen.members, " governed processes");
  } else {
    sizing.peak_of = "what the container is charged for";
  }
}

Machine Fit(uint64_t machine_bytes, uint64_t base, uint64_t per_worker) {
  Machine machine;
  machine.bytes = machine_bytes;
  machine.system_bytes =
      kSystemBytes + static_cast<uint64_t>(kSystemPart * static_cast<double>(machine_bytes)) + kKeptFree;
  const uint64_t taken = machine.system_bytes + base;
  if (taken >= machine_bytes) return machine;
  machine.workers = static_cast<int64_t>((machine_bytes - taken) / std::max<uint64_t>(per_worker, 1));
  machine.left_bytes = machine_bytes - taken - static_cast<uint64_t>(machine.workers) * per_worker;
  return machine;
}

}  // namespace

int SoftPercent(uint64_t peak, uint64_t budget) {
  const double part = static_cast<double>(peak) / static_cast<double>(std::max<uint64_t>(budget, 1));
  return std::clamp(static_cast<int>(std::ceil(std::min(part, 2.0) * 100)), kDefaultSoftPercent,
                    kMostSoftPercent);
}

Sizing Size(const Measurement& seen, const SizingWishes& wishes) {
  Sizing sizing;
  ChooseHeadroom(seen, wishes, sizing);
  sizing.base = RoundedUp(seen.shareable + seen.least_anonymous);
  sizing.per_worker = std::max(RoundedUp(WithPercent(seen.peak_anonymous, sizing.headroom_percent)), kMiB);
  ChoosePeak(seen, wishes.workers, sizing);
  sizing.request_percent = std::min(kRequestPercent, sizing.headroom_percent);
  sizing.request = std::max(RoundedUp(WithPercent(sizing.peak, sizing.request_percent)), kMiB);
  sizing.limit = std::max(RoundedUp(WithPercent(sizing.peak, sizing.headroom_percent)), kMiB);
  sizing.budget = sizing.limit / 100 * kBudgetPercent;
  sizing.soft_percent = SoftPercent(sizing.peak, sizing.budget);
  sizing.soft = sizing.budget / 100 * static_cast<uint64_t>(sizing.soft_percent);
  for (const uint64_t gigabytes : {1, 2, 4, 8, 16}) {
    sizing.machines.push_back(Fit(gigabytes * kGiB, sizing.base, sizing.per_worker));
  }
  return sizing;
}

absl::StatusOr<int> ParseHeadroom(const std::string& text) {
  int percent = 0;
  if (text.empty() || text.front() == '+' || !absl::SimpleAtoi(absl::StripSuffix(text, "%"), &percent) ||
      percent < 0 || percent > 200) {
    return absl::InvalidArgumentError(
        absl::StrCat("--headroom '", text, "': a percentage of the peak from 0% to 200%"));
  }
  return percent;
}

}  // namespace memgov::cli
