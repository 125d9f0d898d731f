#include "governor/cli/target/processes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/views.h"
#include "governor/cli/proc/memory.h"
#include "governor/cli/target/life.h"

namespace memgov::cli {
namespace {

constexpr absl::string_view kFolderPrefix = "memgov-";
constexpr absl::string_view kSuffix = ".stats";
constexpr size_t kMostFiles = 20000;  // in a folder
constexpr const char* kFolderVariable = "MEMGOV_DIR";
constexpr const char* kSessionVariable = "XDG_RUNTIME_DIR";

std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  for (; !error && entries != std::filesystem::directory_iterator() && names.size() < kMostFiles;
       entries.increment(error))
    names.push_back(entries->path().filename().string());
  return names;
}

// A mistake in it would look like a machine without governed processes. Said once, however often folders are
// looked for.
void WarnOfOwnFolder() {
  static std::once_flag once;
  std::call_once(once, [] {
    const char* folder = std::getenv(kFolderVariable);
    std::error_code error;
    if (folder == nullptr || *folder == '\0') return;
    const bool is_absolute = *folder == '/';
    if (is_absolute && std::filesystem::is_directory(folder, error)) return;
    std::cerr << "memgov: " << kFolderVariable << "=" << Printable(folder) << ": "
              << (is_absolute ? "there is no such folder" : "allowed is an absolute path")
              << "; only the other runtime folders are looked at\n";
  });
}

// Where the processes' own search (cohort::RuntimeFolder) may have ended.
std::vector<std::string> Bases() {
  std::vector<std::string> bases;
  for (const char* name : {kFolderVariable, kSessionVariable}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value == '/') bases.push_back(value);
  }
  bases.push_back("/run");
  for (const std::string& user : NamesIn("/run/user")) bases.push_back(absl::StrCat("/run/user/", user));
  bases.push_back("/dev/shm");
  return bases;
}

// memgov-<uid>, that user's, and no link.
std::optional<uid_t> OwnerOf(const std::string& path, absl::string_view name) {
  uint32_t user = 0;
  struct stat status {};
  if (!absl::ConsumePrefix(&name, kFolderPrefix) || !absl::SimpleAtoi(name, &user) ||
      lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || status.st_uid != user)
    return std::nullopt;
  return user;
}

std::optional<int> PidOf(absl::string_view name) {
  int pid = 0;
  if (!absl::ConsumeSuffix(&name, kSuffix) || !absl::SimpleAtoi(name, &pid) || pid <= 0) return std::nullopt;
  return pid;
}

Governed Named(const RuntimeFolder& folder, int pid) {
  Governed process;
  process.pid = pid;
  process.user = folder.user;
  process.folder = folder.path;
  return process;
}

template <typename Visit>
void ForEachSegment(const Visit& visit) {
  for (const RuntimeFolder& folder : FindRuntimeFolders()) {
    for (const std::string& name : NamesIn(folder.path)) {
      if (const std::optional<int> pid = PidOf(name)) visit(Named(folder, *pid));
    }
  }
}

std::vector<RuntimeFolder> FoldersIn(const std::vector<std::string>& bases) {
  std::vector<RuntimeFolder> folders;
  std::set<std::string> seen;
  for (const std::string& base : bases) {
    for (const std::string& name : NamesIn(base)) {
      const std::string path = absl::StrCat(absl::StripSuffix(base, "/"), "/", name);
      const std::optional<uid_t> owner = OwnerOf(path, name);
      if (owner.has_value() && seen.insert(path).second) folders.push_back({path, *owner});
    }
  }
  return folders;
}

// What the process itself was told, where this user may know: another MEMGOV_DIR than this tool's.
std::vector<RuntimeFolder> FoldersOf(int pid) {
  std::vector<std::string> bases;
  const auto environment = Proc().ReadEnvironment(pid);
  if (!environment.ok()) return {};
  for (const char* name : {kFolderVariable, kSessionVariable}) {
    const auto entry = environment->find(name);
    if (entry != environment->end() && absl::StartsWith(entry->second, "/")) bases.push_back(entry->second);
  }
  return FoldersIn(bases);
}

// Nothing but this user's rights is in the way of another's folder; in one's own a closed file is a fault.
absl::Status Explain(const Governed& process, const absl::Status& status) {
  const std::string name = absl::StrCat("process ", process.pid, ": ");
  if (!absl::IsPermissionDenied(status))
    return absl::Status(status.code(), absl::StrCat(name, status.message()));
  if (process.user == geteuid()) return absl::UnavailableError(absl::StrCat(name, status.message()));
  return absl::PermissionDeniedError(
      absl::StrCat(name, "another user's; only ",
                   process.user == 0 ? "root" : absl::StrCat("user ", process.user, " and root"),
                   " may see it, and a group where its MEMGOV_GROUP says so"));
}

// The process in one of `folders`. What was wrong with a file of this name, unless somebody else than the
// process' user owns it, goes into *problem.
std::optional<Governed> FindIn(const std::vector<RuntimeFolder>& folders, int pid, absl::Status* problem) {
  const auto status = Proc().ReadStatus(pid);
  for (const RuntimeFolder& folder : folders) {
    Governed process = Named(folder, pid);
    const absl::Status read = Refresh(process);
    if (read.ok() && LifeOf(pid, process.reading) == Life::kGoverned) return process;
    const bool is_closed = absl::IsPermissionDenied(read) && status.ok() && status->user != folder.user;
    if (!read.ok() && !absl::IsNotFound(read) && !is_closed && problem->ok())
      *problem = Explain(process, read);
  }
  return std::nullopt;
}

// What a process without a segment is.
absl::Status WhyNotGoverned(int pid) {
  const absl::StatusOr<Proc::Brief> brief = Proc().ReadBrief(pid);
  if (absl::IsNotFound(brief.status()))
    return absl::NotFoundError(absl::StrCat("process ", pid, ": there is none"));
  switch (FindOutLoaded(pid)) {
    case Loaded::kUnknown:
      return absl::PermissionDeniedError(
          absl::StrCat("process ", pid, ": another user's; its memory map is not readable"));
    case Loaded::kNo:
      return absl::NotFoundError(absl::StrCat(
          "process ", pid, " (", Printable(brief.ok() ? brief->command : "?"),
          "): memgov is not loaded in it; memgov run starts a command with it, and memgov explain ", pid,
          " works without it"));
    case Loaded::kYes:
      break;
  }
  return absl::NotFoundError(absl::StrCat(
      "process ", pid,
      ": memgov is loaded, but nothing of it is in a runtime folder: it has no governor's thread yet (few "
      "allocations and no threads, or MEMGOV_THREAD=never), exports nothing (MEMGOV_EXPORT=0), or its "
      "MEMGOV_DIR is a folder that this tool does not see"));
}

}  // namespace

std::string Governed::SegmentPath() const { return absl::StrCat(folder, "/", pid, kSuffix); }
std::string Governed::SocketPath() const { return absl::StrCat(folder, "/", pid, ".sock"); }
std::string Governed::EvidencePath() const { return absl::StrCat(folder, "/", pid, ".evidence"); }

std::vector<RuntimeFolder> FindRuntimeFolders() {
  WarnOfOwnFolder();
  return FoldersIn(Bases());
}

std::vector<Governed> ListGoverned(std::vector<std::string>* problems) {
  std::vector<Governed> processes;
  ForEachSegment([&](Governed process) {
    absl::StatusOr<Reading> reading = ReadSegment(process.SegmentPath(), process.user);
    if (!reading.ok()) {
      // In a folder that a group shares some files are for their owner only: nothing is wrong with those.
      const bool is_no_news =
          absl::IsNotFound(reading.status()) || absl::IsPermissionDenied(reading.status());
      if (problems != nullptr && !is_no_news) problems->push_back(std::string(reading.status().message()));
      return;
    }
    if (LifeOf(process.pid, *reading) != Life::kGoverned) return;
    process.reading = *std::move(reading);
    processes.push_back(std::move(process));
  });
  std::sort(processes.begin(), processes.end(),
            [](const Governed& a, const Governed& b) { return a.pid < b.pid; });
  return processes;
}

absl::StatusOr<Governed> FindGoverned(int pid) {
  if (absl::Status thread = Proc().CheckNoThread(pid); !thread.ok()) return thread;
  absl::Status problem;
  if (auto found = FindIn(FindRuntimeFolders(), pid, &problem)) return *std::move(found);
  if (auto found = FindIn(FoldersOf(pid), pid, &problem)) return *std::move(found);
  absl::Status reason = WhyNotGoverned(pid);
  // A file that cannot be read says more than that none was found, unless the process is gone.
  const bool exists = !absl::IsNotFound(Proc().ReadBrief(pid).status());
  return exists && !problem.ok() ? problem : reason;
}

absl::Status Refresh(Governed& process) {
  absl::StatusOr<Reading> reading = ReadSegment(process.SegmentPath(), process.user);
  if (!reading.ok()) return reading.status();
  process.reading = *std::move(reading);
  return absl::OkStatus();
}

std::vector<Governed> ListDead() {
  std::vector<Governed> processes;
  ForEachSegment([&](Governed process) {
    if (!Refresh(process).ok() || LifeOf(process.pid, process.reading) != Life::kGone) return;
    processes.push_back(std::move(process));
  });
  std::sort(processes.begin(), processes.end(), [](const Governed& a, const Governed& b) {
    return a.reading.wall_clock_ns > b.reading.wall_clock_ns;
  });
  return processes;
}

absl::StatusOr<int> ParsePid(std::string_view text) {
  int pid = 0;
  if (absl::SimpleAtoi(View(text), &pid) && pid > 0) return pid;
  return absl::InvalidArgumentError(
      absl::StrCat("PID \"", Printable(text), "\": allowed is the id of a process, a number above 0"));
}

}  // namespace memgov::cli
