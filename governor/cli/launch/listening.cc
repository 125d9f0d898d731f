#include <unistd.h>

#include <dirent.h>
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "governor/cli/launch/family.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

// What /proc/net/tcp has in its fourth column (TCP_LISTEN), and /proc/net/unix in its fourth
// (__SO_ACCEPTCON).
constexpr std::string_view kTcpListens = "0A";
constexpr std::string_view kUnixListens = "00010000";

struct Table {
  const char* file;
  std::string_view state;
  size_t state_column;
  size_t inode_column;
};
constexpr std::array<Table, 3> kTables = {
    {{"net/tcp", kTcpListens, 3, 9}, {"net/tcp6", kTcpListens, 3, 9}, {"net/unix", kUnixListens, 3, 6}}};

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words = Split(line, " ");
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

// Inodes of the sockets that listen in the network namespace of `pid`.
std::set<std::string> ListeningSockets(int pid, const std::string& proc_root) {
  std::set<std::string> inodes;
  for (const Table& table : kTables) {
    ForEachLineOf(proc_root, pid, table.file, [&](std::string_view line) {
      const std::vector<std::string_view> words = Words(line);
      if (words.size() > table.inode_column && words[table.state_column] == table.state) {
        inodes.emplace(words[table.inode_column]);
      }
      return true;
    }).IgnoreError();
  }
  return inodes;
}

bool HoldsOneOf(int pid, const std::set<std::string>& inodes, const std::string& proc_root) {
  const std::string folder = absl::StrCat(proc_root, "/", pid, "/fd");
  const std::unique_ptr<DIR, int (*)(DIR*)> open(opendir(folder.c_str()), &closedir);
  if (open == nullptr) return false;
  while (const dirent* entry = readdir(open.get())) {
    char target[64];
    const ssize_t length =
        readlink(absl::StrCat(folder, "/", entry->d_name).c_str(), target, sizeof target - 1);
    const std::string_view text(target, length > 0 ? static_cast<size_t>(length) : 0);
    if (!text.starts_with("socket:[") || !text.ends_with("]")) continue;
    if (inodes.contains(std::string(text.substr(8, text.size() - 9)))) return true;
  }
  return false;
}

}  // namespace

bool Listens(const std::set<int>& processes, const std::string& proc_root) {
  for (const int pid : processes) {
    const std::set<std::string> inodes = ListeningSockets(pid, proc_root);
    if (!inodes.empty() && HoldsOneOf(pid, inodes, proc_root)) return true;
  }
  return false;
}

}  // namespace memgov::cli
