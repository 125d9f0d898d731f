#include "governor/cli/proc/memory.h"

#include <unistd.h>

#include <string_view>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr size_t kSmallFile = size_t{16} << 10;
// The kernel's own bound for arguments and environment together is a quarter of the stack's limit, 6 MiB at
// most (execve(2)).
constexpr size_t kArguments = size_t{6} << 20;

absl::Status Unparsable(int pid, const char* file) {
  return absl::DataLossError(absl::StrCat("process ", pid, ": cannot parse its ", file));
}

uint64_t PageBytes() { return static_cast<uint64_t>(sysconf(_SC_PAGESIZE)); }

// Fields of proc(5)'s stat from the state on; the name before them may hold anything, brackets and newlines
// as well, so they begin behind the last bracket.
constexpr size_t kState = 0;
constexpr size_t kMinorFaults = 7;
constexpr size_t kMajorFaults = 9;
constexpr size_t kThreads = 17;
constexpr size_t kStartTicks = 19;

absl::Status ParseStat(int pid, std::string_view text, Proc::Brief* brief) {
  const size_t open = text.find('(');
  const size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      close + 2 > text.size()) {
    return Unparsable(pid, "stat");
  }
  brief->command = text.substr(open + 1, close - open - 1);
  const std::vector<std::string_view> fields = Split(text.substr(close + 2), " \n");
  if (fields.size() <= kStartTicks || fields[kState].size() != 1) return Unparsable(pid, "stat");
  brief->state = fields[kState][0];
  const struct {
    size_t field;
    uint64_t* value;
  } numbers[] = {{kMinorFaults, &brief->minor_faults},
                 {kMajorFaults, &brief->major_faults},
                 {kThreads, &brief->threads},
                 {kStartTicks, &brief->start_ticks}};
  for (const auto& number : numbers) {
    const std::optional<uint64_t> value = ParseNumber(fields[number.field]);
    if (!value.has_value()) return Unparsable(pid, "stat");
    *number.value = *value;
  }
  return absl::OkStatus();
}

absl::Status ParseStatm(int pid, std::string_view text, Proc::Brief* brief) {
  const std::vector<std::string_view> fields = Split(text, " \n");
  uint64_t* const values[] = {&brief->virtual_bytes, &brief->resident_bytes, &brief->shared_bytes};
  for (size_t index = 0; index < std::size(values); ++index) {
    const std::optional<uint64_t> pages = index < fields.size() ? ParseNumber(fields[index]) : std::nullopt;
    if (!pages.has_value() || *pages > UINT64_MAX / PageBytes()) return Unparsable(pid, "statm");
    *values[index] = *pages * PageBytes();
  }
  return absl::OkStatus();
}

// Words that end in NUL each; the last may lack it.
std::vector<std::string> SplitWords(std::string text) {
  if (text.empty()) return {};
  if (text.back() == '\0') text.pop_back();
  const std::vector<std::string_view> words = Split(text, std::string_view("", 1));
  return {words.begin(), words.end()};
}

// The effective one: whose runtime folder it has.
std::optional<uint64_t> FindUser(std::string_view text) {
  const size_t at = text.find("\nUid:\t");
  if (at == std::string_view::npos) return std::nullopt;
  const std::vector<std::string_view> ids = Split(text.substr(at + 6), "\t\n");
  return ids.size() < 2 ? std::nullopt : ParseNumber(ids[1]);
}

}  // namespace

absl::StatusOr<Proc::Brief> Proc::ReadBrief(int pid) const {
  Brief brief;
  const absl::StatusOr<std::string> stat = ReadProcessFile(root_, pid, "stat", kSmallFile);
  if (!stat.ok()) return stat.status();
  const absl::StatusOr<std::string> statm = ReadProcessFile(root_, pid, "statm", kSmallFile);
  if (!statm.ok()) return statm.status();
  if (const absl::Status parsed = ParseStat(pid, *stat, &brief); !parsed.ok()) return parsed;
  if (const absl::Status parsed = ParseStatm(pid, *statm, &brief); !parsed.ok()) return parsed;
  return brief;
}

absl::StatusOr<Proc::Status> Proc::ReadStatus(int pid) const {
  const absl::StatusOr<std::string> text = ReadProcessFile(root_, pid, "status", kSmallFile);
  if (!text.ok()) return text.status();
  Status status;
  const std::optional<uint64_t> user = FindUser(*text);
  if (!user.has_value()) return Unparsable(pid, "status");
  status.user = static_cast<uid_t>(*user);
  // A kernel thread, or a process that ended and was not waited for, has none of these lines.
  status.anonymous_bytes = FindKilobytes(*text, "RssAnon").value_or(0);
  status.file_bytes = FindKilobytes(*text, "RssFile").value_or(0);
  status.shared_memory_bytes = FindKilobytes(*text, "RssShmem").value_or(0);
  status.swap_bytes = FindKilobytes(*text, "VmSwap").value_or(0);
  status.peak_bytes = FindKilobytes(*text, "VmHWM").value_or(0);
  return status;
}

absl::Status Proc::CheckNoThread(int pid) const {
  const absl::StatusOr<std::string> text = ReadProcessFile(root_, pid, "status", kSmallFile);
  const auto own = static_cast<uint64_t>(pid);
  const uint64_t process = text.ok() ? FindNumber(*text, "Tgid:").value_or(own) : own;
  if (process == own) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(pid, " is a thread of process ", process));
}

absl::StatusOr<Proc::Rollup> Proc::ReadRollup(int pid) const {
  const absl::StatusOr<std::string> text = ReadProcessFile(root_, pid, "smaps_rollup", kSmallFile);
  if (!text.ok()) return text.status();
  const std::optional<uint64_t> resident = FindKilobytes(*text, "Rss");
  if (!resident.has_value()) return Unparsable(pid, "smaps_rollup");
  Rollup rollup;
  rollup.resident_bytes = *resident;
  rollup.proportional_bytes = FindKilobytes(*text, "Pss").value_or(0);
  rollup.anonymous_bytes = FindKilobytes(*text, "Anonymous").value_or(0);
  rollup.huge_bytes = FindKilobytes(*text, "AnonHugePages").value_or(0);
  rollup.lazy_free_bytes = FindKilobytes(*text, "LazyFree").value_or(0);
  rollup.swap_bytes = FindKilobytes(*text, "Swap").value_or(0);
  return rollup;
}

absl::StatusOr<std::vector<std::string>> Proc::ReadCommandLine(int pid) const {
  absl::StatusOr<std::string> text = ReadProcessFile(root_, pid, "cmdline", kArguments);
  if (!text.ok()) return text.status();
  return SplitWords(*std::move(text));
}

absl::StatusOr<std::string> Proc::ReadCommand(int pid) const {
  const absl::StatusOr<std::vector<std::string>> words = ReadCommandLine(pid);
  if (!words.ok()) return words.status();
  if (!words->empty() && !words->front().empty()) return words->front();
  const absl::StatusOr<Brief> brief = ReadBrief(pid);
  if (!brief.ok()) return brief.status();
  return brief->command;
}

absl::StatusOr<std::map<std::string, std::string>> Proc::ReadEnvironment(int pid) const {
  absl::StatusOr<std::string> text = ReadProcessFile(root_, pid, "environ", kArguments);
  if (!text.ok()) return text.status();
  std::map<std::string, std::string> environment;
  for (const std::string& word : SplitWords(*std::move(text))) {
    const size_t equals = word.find('=');
    // The first of a name counts, as getenv has it.
    if (equals != std::string::npos) environment.emplace(word.substr(0, equals), word.substr(equals + 1));
  }
  return environment;
}

}  // namespace memgov::cli
