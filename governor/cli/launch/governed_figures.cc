#include "governor/cli/launch/governed_figures.h"

#include "governor/cli/launch/mapped_object.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {

void GovernedFigures::Look(const std::set<int>& processes) {
  if (library_.empty()) return;
  for (const int pid : processes) {
    if (!governed_) {
      const Mapped mapped = LookForObject(pid, library_);
      governed_ = mapped == Mapped::kYes;
      ran_without_ = ran_without_ || mapped == Mapped::kNo;
    }
    const absl::StatusOr<Governed> process = FindGoverned(pid);
    if (process.ok()) refused_[pid] = process->reading.Value("refused_allocations_total");
  }
}

std::optional<uint64_t> GovernedFigures::refused_allocations() const {
  if (refused_.empty()) return std::nullopt;
  uint64_t sum = 0;
  for (const auto& [pid, count] : refused_) sum += count;
  return sum;
}

}  // namespace memgov::cli
