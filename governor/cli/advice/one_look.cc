// The measurement of a process that lives.
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "governor/cli/advice/measurement.h"
#include "governor/cli/proc/cgroup_memory.h"
#include "governor/cli/proc/memory.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {
namespace {

double SecondsSinceStart(uint64_t start_ticks) {
  timespec now = {};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const double started = static_cast<double>(start_ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return std::max(static_cast<double>(now.tv_sec) - started, 0.0);
}

void AddContainer(int pid, Measurement& seen) {
  const absl::StatusOr<CgroupMemory> container = ReadCgroupMemory(pid);
  if (!container.ok() || !container->has_limit) return;
  seen.container_limit = container->limit_bytes;
  seen.peak_charged = container->working_set_bytes;
  seen.oom_kills = container->oom_kills;
}

void AddFigures(const Reading& reading, Measurement& seen) {
  seen.engine = reading.engine;
  seen.command = reading.command;
  seen.allocated = reading.Find("allocated_bytes_total");
  seen.members = std::max<uint64_t>(reading.Value("cohort_members", 1), 1);
  seen.highest_rung = reading.Value("rung");
  seen.refused = reading.Value("refused_allocations_total");
  seen.live_early = seen.live_late = reading.Value("live_bytes");
}

}  // namespace

absl::StatusOr<Measurement> MeasureOnce(int pid) {
  const Proc proc;
  if (const absl::Status process = proc.CheckNoThread(pid); !process.ok()) return process;
  const absl::StatusOr<Governed> governed = FindGoverned(pid);
  // Not governed is no obstacle: /proc knows the peak.
  if (!governed.ok() && !absl::IsNotFound(governed.status())) return governed.status();
  const absl::StatusOr<Proc::Status> status = proc.ReadStatus(pid);
  if (!status.ok()) return status.status();
  const absl::StatusOr<Proc::Brief> brief = proc.ReadBrief(pid);
  if (!brief.ok()) return brief.status();
  if (status->peak_bytes == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("PID ", pid, ": a kernel thread or a zombie, without memory"));
  }
  Measurement seen;
  seen.source = absl::StrCat("pid ", pid);
  seen.pid = pid;
  seen.one_look = true;
  seen.samples = 1;
  seen.seconds = SecondsSinceStart(brief->start_ticks);
  seen.command = proc.ReadCommand(pid).value_or(brief->command);
  seen.peak_resident = status->peak_bytes;
  seen.peak_by_kernel = true;
  seen.average_resident = brief->resident_bytes;
  seen.shareable = status->file_bytes + status->shared_memory_bytes;
  seen.least_anonymous = status->anonymous_bytes;
  seen.peak_anonymous =
      std::max(status->anonymous_bytes, status->peak_bytes - std::min(seen.shareable, status->peak_bytes));
  AddContainer(pid, seen);
  if (governed.ok()) AddFigures(governed->reading, seen);
  return seen;
}

}  // namespace memgov::cli
