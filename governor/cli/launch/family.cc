#include "governor/cli/launch/family.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr size_t kMostStat = 4096;
constexpr int kKillRounds = 200;
constexpr int kKillPauseMs = 5;

std::vector<int> NumbersIn(const std::string& folder) {
  std::vector<int> numbers;
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(folder.c_str()), &closedir);
  if (open == nullptr) return numbers;
  while (const dirent* entry = readdir(open.get())) {
    const std::optional<uint64_t> number = ParseNumber(entry->d_name);
    if (number.has_value() && *number > 0 && *number <= INT32_MAX) {
      numbers.push_back(static_cast<int>(*number));
    }
  }
  return numbers;
}

// 0: none, or it has ended.
int ParentOf(int pid, const std::string& proc_root) {
  const absl::StatusOr<std::string> text = ReadProcessFile(proc_root, pid, "stat", kMostStat);
  if (!text.ok()) return 0;
  // The name may hold brackets and blanks; behind its last bracket stand the state and the parent (proc(5)).
  const size_t end = text->rfind(')');
  if (end == std::string::npos || end + 2 > text->size()) return 0;
  const std::vector<std::string_view> fields = Split(std::string_view(*text).substr(end + 2), " ");
  if (fields.size() < 2 || fields[0] == "Z" || fields[0] == "X") return 0;
  return static_cast<int>(ParseNumber(fields[1]).value_or(0));
}

}  // namespace

std::set<int> Descendants(int ancestor, const std::string& proc_root) {
  std::multimap<int, int> children;
  for (const int pid : NumbersIn(proc_root)) children.emplace(ParentOf(pid, proc_root), pid);
  std::set<int> found;
  std::vector<int> unseen = {ancestor};
  while (!unseen.empty()) {
    const auto [begin, end] = children.equal_range(unseen.back());
    unseen.pop_back();
    for (auto child = begin; child != end; ++child) {
      if (found.insert(child->second).second) unseen.push_back(child->second);
    }
  }
  return found;
}

void KillDescendants(int ancestor) {
  for (int round = 0; round < kKillRounds; ++round) {
    const std::set<int> left = Descendants(ancestor);
    if (left.empty()) return;
    for (const int pid : left) kill(pid, SIGKILL);
    poll(nullptr, 0, kKillPauseMs);
  }
}

}  // namespace memgov::cli
