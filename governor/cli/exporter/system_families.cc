#include "governor/cli/exporter/system_families.h"

#include "absl/strings/str_cat.h"
#include "governor/cli/exporter/labels.h"
#include "governor/cli/proc/cgroup_memory.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr size_t kCgroupFile = size_t{64} << 10;
constexpr uint64_t kNanosecondsPerMicrosecond = 1000;

void AddGauge(const char* name, const char* help, const std::string& labels, uint64_t bytes,
              Exposition& page) {
  page.Add({name, Kind::kGauge, help}, labels, BytesValue(bytes));
}

void AddCounter(const char* name, const char* help, const std::string& labels, uint64_t count,
                Exposition& page) {
  page.Add({name, Kind::kCounter, help}, labels, CountValue(count));
}

void AddBrief(const Proc::Brief& brief, const std::string& labels, Exposition& page) {
  AddGauge("memgov_process_resident_bytes", "RSS, by the kernel", labels, brief.resident_bytes, page);
  AddGauge("memgov_process_virtual_bytes", "Address space: not memory", labels, brief.virtual_bytes, page);
  AddGauge("memgov_process_threads", "All threads, those of the governor included", labels, brief.threads,
           page);
  AddCounter("memgov_process_minor_page_faults_total", "Page faults that needed no disk", labels,
             brief.minor_faults, page);
  AddCounter("memgov_process_major_page_faults_total", "Page faults that waited for a disk", labels,
             brief.major_faults, page);
}

void AddStatus(const Proc::Status& status, const std::string& labels, Exposition& page) {
  AddGauge("memgov_process_anonymous_bytes", "RSS that is neither files nor shared memory", labels,
           status.anonymous_bytes, page);
  AddGauge("memgov_process_file_bytes", "RSS that is files: programs, libraries", labels, status.file_bytes,
           page);
  AddGauge("memgov_process_shared_memory_bytes", "RSS that is shared memory", labels,
           status.shared_memory_bytes, page);
  AddGauge("memgov_process_swap_bytes", "Anonymous memory that was moved to swap", labels, status.swap_bytes,
           page);
  AddGauge("memgov_process_peak_resident_bytes", "The highest RSS so far", labels, status.peak_bytes, page);
}

void AddCgroup(const CgroupMemory& memory, const std::string& labels, Exposition& page) {
  AddGauge("memgov_cgroup_memory_usage_bytes", "All that the cgroup is charged with", labels,
           memory.usage_bytes, page);
  AddGauge("memgov_cgroup_memory_limit_bytes", "The least limit of the cgroup and its parents", labels,
           memory.limit_bytes, page);
  AddGauge("memgov_cgroup_memory_working_set_bytes",
           "Usage less inactive files: what an orchestrator evicts by", labels, memory.working_set_bytes,
           page);
  AddGauge("memgov_cgroup_memory_anonymous_bytes", "Anonymous memory", labels, memory.anonymous_bytes, page);
  AddGauge("memgov_cgroup_memory_file_bytes", "Page cache, shared memory included", labels, memory.file_bytes,
           page);
  AddGauge("memgov_cgroup_memory_inactive_file_bytes", "Page cache that the kernel drops first", labels,
           memory.inactive_file_bytes, page);
  AddGauge("memgov_cgroup_memory_kernel_bytes", "Kernel memory: slabs, stacks, page tables", labels,
           memory.kernel_bytes, page);
  AddCounter("memgov_cgroup_memory_limit_hits_total",
             "Charges that ran into the limit: memory.events max, or failcnt", labels, memory.limit_hits,
             page);
  AddCounter("memgov_cgroup_memory_oom_kills_total", "Processes of it that the OOM killer ended", labels,
             memory.oom_kills, page);
  page.Add({"memgov_cgroup_memory_stalled_seconds_total", Kind::kCounter,
            "PSI some: time in which tasks waited for memory"},
           labels, SecondsValue(memory.stalled_some_us * kNanosecondsPerMicrosecond));
}

}  // namespace

bool AddProcessFamilies(const Proc& proc, int pid, bool proportional, const std::string& labels,
                        Exposition& page) {
  const absl::StatusOr<Proc::Brief> brief = proc.ReadBrief(pid);
  if (absl::IsNotFound(brief.status())) return false;
  if (brief.ok()) AddBrief(*brief, labels, page);
  if (const absl::StatusOr<Proc::Status> status = proc.ReadStatus(pid); status.ok())
    AddStatus(*status, labels, page);
  if (!proportional) return true;
  if (const absl::StatusOr<Proc::Rollup> rollup = proc.ReadRollup(pid); rollup.ok()) {
    AddGauge("memgov_process_proportional_bytes", "PSS: pages shared with others count in part", labels,
             rollup->proportional_bytes, page);
  }
  return true;
}

std::string CgroupFamilies::Add(int pid, Exposition& page) {
  const std::string base = root_ == "/" ? "" : root_;
  const absl::StatusOr<std::string> membership = ReadProcessFile(base + "/proc", pid, "cgroup", kCgroupFile);
  if (!membership.ok()) return "";
  if (const auto known = directories_.find(*membership); known != directories_.end()) return known->second;
  const absl::StatusOr<CgroupMemory> memory = ReadCgroupMemory(pid, root_);
  std::string directory = memory.ok() ? memory->directory : "";
  if (memory.ok()) AddCgroup(*memory, LabelText("cgroup", directory), page);
  return directories_.emplace(*membership, std::move(directory)).first->second;
}

}  // namespace memgov::cli
