#include "governor/cli/proc/threads.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <map>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr size_t kSmallFile = size_t{8} << 10;
constexpr size_t kMostThreads = 1 << 20;

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

// "202 0x7f.. 0x80 ... 0x<stack pointer> 0x<instruction>"; "running"; "-1 0x<stack pointer> ..." where it
// waits outside of a system call (proc(5)).
uint64_t ParseStackPointer(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const std::vector<std::string_view> fields = Split(text, " ");
  if (fields.size() < 3) return 0;
  std::string_view field = fields[fields.size() - 2];
  if (!field.starts_with("0x")) return 0;
  field.remove_prefix(2);
  uint64_t value = 0;
  const std::from_chars_result parsed = std::from_chars(field.data(), field.data() + field.size(), value, 16);
  return parsed.ec == std::errc() ? value : 0;
}

std::optional<Thread> ReadThread(const std::string& folder, int id) {
  const absl::StatusOr<std::string> status = ReadProcessFile(folder, id, "status", kSmallFile);
  const absl::StatusOr<std::string> name = ReadProcessFile(folder, id, "comm", kSmallFile);
  if (!status.ok() || !name.ok()) return std::nullopt;
  Thread thread;
  thread.id = id;
  thread.name = name->substr(0, name->empty() || name->back() != '\n' ? name->size() : name->size() - 1);
  const size_t state = status->find("\nState:\t");
  if (state != std::string::npos && state + 8 < status->size()) thread.state = (*status)[state + 8];
  thread.switches = FindNumber(*status, "voluntary_ctxt_switches:").value_or(0) +
                    FindNumber(*status, "nonvoluntary_ctxt_switches:").value_or(0);
  thread.stack_pointer = ParseStackPointer(ReadProcessFile(folder, id, "syscall", kSmallFile).value_or(""));
  return thread;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

absl::StatusOr<std::vector<Thread>> ReadThreads(int pid, const std::string& root) {
  const std::string folder = absl::StrCat(root, "/", pid, "/task");
  const std::unique_ptr<DIR, CloseDirectory> directory(opendir(folder.c_str()));
  if (directory == nullptr) return ProcessError(root, pid, errno);
  std::vector<Thread> threads;
  while (const dirent* entry = readdir(directory.get())) {
    const std::optional<uint64_t> id = ParseNumber(entry->d_name);
    if (!id || *id > INT32_MAX || threads.size() == kMostThreads) continue;
    if (std::optional<Thread> thread = ReadThread(folder, static_cast<int>(*id)))
      threads.push_back(*std::move(thread));
  }
  return threads;
}

std::string_view PoolOf(std::string_view thread_name) {
  size_t length = thread_name.size();
  while (length > 0 && IsDigit(thread_name[length - 1])) --length;
  if (length == thread_name.size()) return thread_name;
  while (length > 0 && std::string_view("-_#:/. ").find(thread_name[length - 1]) != std::string_view::npos)
    --length;
  return length > 0 ? thread_name.substr(0, length) : thread_name;
}

std::string PoolOf(const Thread& thread, int pid) {
  return thread.id == pid ? "main" : std::string(PoolOf(thread.name));
}

std::vector<ThreadPool> GroupThreads(const std::vector<Thread>& before, const std::vector<Thread>& now,
                                     const NamePool& pool_of) {
  std::map<int, uint64_t> switches_before;
  for (const Thread& thread : before) switches_before[thread.id] = thread.switches;
  std::map<std::string, ThreadPool> pools;
  for (const Thread& thread : now) {
    ThreadPool& pool = pools[pool_of(thread)];
    ++pool.threads;
    const auto earlier = switches_before.find(thread.id);
    const bool slept =
        before.empty() || (earlier != switches_before.end() && earlier->second == thread.switches);
    if (slept && (thread.state == 'S' || thread.state == 'D' || thread.state == 'I')) ++pool.parked;
  }
  std::vector<ThreadPool> sorted;
  for (auto& [name, pool] : pools) {
    pool.name = name;
    sorted.push_back(pool);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const ThreadPool& a, const ThreadPool& b) { return a.threads > b.threads; });
  return sorted;
}

}  // namespace memgov::cli
