#include "memory_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clock.h"

namespace overload {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = "memgov-overload-";
constexpr double kRemovalSeconds = 5;  // a killed process leaves its cgroup when its memory is gone

std::string Content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<uint64_t> NumberIn(const fs::path& path) {
  uint64_t number = 0;
  if (!absl::SimpleAtoi(Content(path), &number)) return std::nullopt;
  return number;
}

// Of a file with lines "key number".
uint64_t NumberOf(const fs::path& path, absl::string_view key) {
  const std::string content = Content(path);
  for (absl::string_view line : absl::StrSplit(content, '\n')) {
    uint64_t number = 0;
    if (absl::ConsumePrefix(&line, absl::StrCat(key, " ")) && absl::SimpleAtoi(line, &number)) return number;
  }
  return 0;
}

absl::Status Write(const fs::path& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return absl::ErrnoToStatus(errno, path.string());
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  close(file);
  return written ? absl::OkStatus() : absl::ErrnoToStatus(error, path.string());
}

bool GivesLimitsToChildren(const fs::path& folder) {
  const fs::path control = folder / "cgroup.subtree_control";
  if (absl::StrContains(Content(control), "memory")) return true;
  if (!absl::StrContains(Content(folder / "cgroup.controllers"), "memory")) return false;
  return Write(control, "+memory").ok();
}

absl::StatusOr<fs::path> ParentFor(const CgroupPlace& place) {
  if (place.version == 1) return place.own;
  for (fs::path folder = place.own;; folder = folder.parent_path()) {
    if (GivesLimitsToChildren(folder)) return folder;
    if (folder == place.topmost || folder == folder.parent_path()) break;
  }
  return absl::PermissionDeniedError(
      absl::StrCat("no cgroup from ", place.own.string(), " upwards may have children with memory limits"));
}

void RemoveLeftovers(const fs::path& parent) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, error)) {
    const std::string name = entry.path().filename();
    pid_t maker = 0;
    if (!absl::StartsWith(name, kPrefix) || !absl::SimpleAtoi(name.substr(sizeof kPrefix - 1), &maker))
      continue;
    if (kill(maker, 0) != 0 && errno == ESRCH) rmdir(entry.path().c_str());
  }
}

absl::Status SetLimit(int version, const fs::path& folder, uint64_t bytes) {
  const std::string text = absl::StrCat(bytes);
  if (version == 2) {
    if (fs::exists(folder / "memory.swap.max")) Write(folder / "memory.swap.max", "0").IgnoreError();
    return Write(folder / "memory.max", text);
  }
  // Not memory.memsw.limit_in_bytes: of two equal limits that one is met first, and Linux 6.18 does not count
  // what fails there.
  Write(folder / "memory.swappiness", "0").IgnoreError();
  return Write(folder / "memory.limit_in_bytes", text);
}

void KillAll(const fs::path& processes) {
  std::ifstream file(processes);
  for (pid_t pid = 0; file >> pid;) kill(pid, SIGKILL);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MemoryCgroup>> MemoryCgroup::Create(const CgroupPlace& place,
                                                                   uint64_t limit_bytes) {
  const absl::StatusOr<fs::path> parent = ParentFor(place);
  if (!parent.ok()) return parent.status();
  RemoveLeftovers(*parent);
  const fs::path folder = *parent / absl::StrCat(kPrefix, getpid());
  if (mkdir(folder.c_str(), 0755) != 0) return absl::ErrnoToStatus(errno, folder.string());
  std::unique_ptr<MemoryCgroup> cgroup(new MemoryCgroup(place.version, folder));
  const absl::Status status = SetLimit(place.version, folder, limit_bytes);
  if (!status.ok()) return status;
  return cgroup;
}

MemoryCgroup::~MemoryCgroup() {
  const double deadline = gateway_load::Now() + kRemovalSeconds;
  while (rmdir(folder_.c_str()) != 0 && errno == EBUSY && gateway_load::Now() < deadline) {
    KillAll(processes());
    gateway_load::SleepSeconds(0.01);
  }
}

MemoryCgroup::Reading MemoryCgroup::Read() const {
  if (version_ == 2) {
    return {.usage_bytes = NumberIn(folder_ / "memory.current").value_or(0),
            .peak_bytes = NumberIn(folder_ / "memory.peak"),
            .failed_charges = NumberOf(folder_ / "memory.events", "max"),
            .oom_kills = NumberOf(folder_ / "memory.events", "oom_kill")};
  }
  return {.usage_bytes = NumberIn(folder_ / "memory.usage_in_bytes").value_or(0),
          .peak_bytes = NumberIn(folder_ / "memory.max_usage_in_bytes"),
          .failed_charges = NumberIn(folder_ / "memory.failcnt").value_or(0),
          .oom_kills = NumberOf(folder_ / "memory.oom_control", "oom_kill")};
}

}  // namespace overload
