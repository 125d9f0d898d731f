#include "governor/cli/launch/family.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "governor/cli/launch/process_state.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

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
  const std::optional<ProcessState> state = ReadProcessState(pid, proc_root);
  return state.has_value() && !state->ended ? state->parent : 0;
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
