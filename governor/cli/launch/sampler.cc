#include "governor/cli/launch/sampler.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "governor/cli/launch/family.h"
#include "governor/cli/launch/process_state.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kBetweenLooks = absl::Milliseconds(20);
constexpr absl::Duration kBetweenSearches = absl::Milliseconds(100);
constexpr absl::Duration kBetweenShares = absl::Milliseconds(250);
constexpr absl::Duration kSettled = absl::Milliseconds(500);
constexpr int kShareOfTime = 20;  // looking takes one part of so many

}  // namespace

Sampler::Sampler(int ancestor, const std::string& proc_root, std::function<absl::Time()> clock)
    : ancestor_(ancestor), proc_(proc_root), clock_(std::move(clock)) {}

absl::Time Sampler::Next(absl::Time begun, absl::Duration least) const {
  const absl::Time now = clock_();
  return now + std::max(least, (now - begun) * kShareOfTime);
}

absl::Duration Sampler::Look(std::optional<int> main) {
  const absl::Time now = clock_();
  if (now < next_look_) return next_look_ - now;
  if (now >= next_search_) FindMembers(now);
  const Sum sum = SumOfResident();
  const bool main_has_memory = !main.has_value() || sum.processes.contains(*main);
  if (main_has_memory && !sum.processes.empty()) Note(sum, now);
  next_look_ = Next(now, kBetweenLooks);
  return next_look_ - clock_();
}

uint64_t Sampler::settled_bytes() const {
  if (looks_.empty()) return 0;
  std::vector<uint64_t> bytes;
  for (const OneLook& look : looks_) bytes.push_back(look.bytes);
  std::nth_element(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(bytes.size() / 2), bytes.end());
  return bytes[bytes.size() / 2];
}

void Sampler::FindMembers(absl::Time now) {
  members_ = Descendants(ancestor_, proc_.root());
  next_search_ = Next(now, kBetweenSearches);
}

Sampler::Sum Sampler::SumOfResident() const {
  Sum sum;
  for (const int pid : members_) {
    const absl::StatusOr<Proc::Brief> brief = proc_.ReadBrief(pid);
    if (!brief.ok() || brief->resident_bytes == 0) continue;
    // Asked last: what has memory then had it when it was read.
    const std::optional<ProcessState> state = ReadProcessState(pid, proc_.root());
    if (!state.has_value() || !state->has_memory) continue;
    sum.bytes += brief->resident_bytes;
    sum.processes.insert(pid);
  }
  return sum;
}

// nullopt: not known for these processes yet.
std::optional<uint64_t> Sampler::WithoutShared(const Sum& sum, absl::Time now) {
  if (now >= next_shares_) {
    uint64_t proportional = 0;
    uint64_t resident = 0;
    for (const int pid : sum.processes) {
      const absl::StatusOr<Proc::Rollup> rollup = proc_.ReadRollup(pid);
      if (!rollup.ok()) continue;  // another user's: counts with all that it shares
      proportional += rollup->proportional_bytes;
      resident += rollup->resident_bytes;
    }
    shared_ = {resident - std::min(resident, proportional), sum.processes};
    next_shares_ = Next(now, kBetweenShares);
  }
  if (shared_.processes != sum.processes) return std::nullopt;
  return sum.bytes - std::min(sum.bytes, shared_.bytes);
}

void Sampler::Note(const Sum& sum, absl::Time now) {
  most_processes_ = std::max(most_processes_, sum.processes.size());
  std::optional<uint64_t> bytes = sum.bytes;
  if (sum.processes.size() > 1) bytes = WithoutShared(sum, now);
  if (!bytes.has_value()) return;
  ++looks_taken_;
  looks_.push_back({now, *bytes});
  while (looks_.front().time < now - kSettled) looks_.pop_front();
  peak_bytes_ = std::max(peak_bytes_, *bytes);
  // The kernel's own mark of one process misses no moment between two looks.
  const absl::StatusOr<Proc::Status> status = proc_.ReadStatus(*sum.processes.begin());
  if (sum.processes.size() == 1 && status.ok()) peak_bytes_ = std::max(peak_bytes_, status->peak_bytes);
}

}  // namespace memgov::cli
