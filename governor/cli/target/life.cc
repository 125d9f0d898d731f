#include "governor/cli/target/life.h"

#include <sys/stat.h>

#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/memory.h"

namespace memgov::cli {
namespace {

constexpr uint64_t kStartMask = 0xffffffff;
// As governor_thread.cc names its thread.
constexpr std::string_view kGovernorName = "memgov";

bool IsGovernorThread(int pid, int thread) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/task/", thread, "/comm"));
  std::string name;
  return std::getline(file, name) && name == kGovernorName;
}

uint64_t OwnPidNamespace() {
  struct stat status {};
  return stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

}  // namespace

Life LifeOf(int pid, const Reading& reading) {
  const bool here = reading.pid_namespace == 0 || reading.pid_namespace == OwnPidNamespace();
  if (reading.pid != pid || !here) return Life::kOther;
  const absl::StatusOr<Proc::Brief> brief = Proc().ReadBrief(pid);
  if (!brief.ok()) return absl::IsNotFound(brief.status()) ? Life::kGone : Life::kOther;
  const bool same = reading.start_ticks == 0 || (brief->start_ticks & kStartMask) == reading.start_ticks;
  if (!same) return Life::kGone;
  // A process whose first thread ended before the others is a zombie by its state, but lives.
  if (IsGovernorThread(pid, reading.governor_thread)) return Life::kGoverned;
  return brief->state == 'Z' || brief->state == 'X' ? Life::kGone : Life::kOther;
}

Loaded FindOutLoaded(int pid) {
  std::ifstream maps(absl::StrCat("/proc/", pid, "/maps"));
  if (!maps) return Loaded::kUnknown;
  for (std::string line; std::getline(maps, line);) {
    if (line.find("/libmemgov") != line.npos) return Loaded::kYes;
  }
  return maps.bad() ? Loaded::kUnknown : Loaded::kNo;
}

}  // namespace memgov::cli
