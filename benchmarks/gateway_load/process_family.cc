#include "process_family.h"

#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace gateway_load {
namespace {

void AddWithDescendants(pid_t pid, std::vector<pid_t>& family) {
  family.push_back(pid);
  std::ifstream children(absl::StrCat("/proc/", pid, "/task/", pid, "/children"));
  for (pid_t child = 0; children >> child;) AddWithDescendants(child, family);
}

double ResidentBytesOfOne(pid_t pid) {
  static const double page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  std::ifstream statm(absl::StrCat("/proc/", pid, "/statm"));
  uint64_t virtual_pages = 0;
  uint64_t resident_pages = 0;
  if (!(statm >> virtual_pages >> resident_pages)) return 0;
  return static_cast<double>(resident_pages) * page_bytes;
}

double CpuSecondsOfOne(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  const std::string stat(std::istreambuf_iterator<char>(file), {});
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  const std::vector<std::string> fields = absl::StrSplit(stat.substr(name_end + 2), ' ');
  // proc(5): utime and stime are fields 14 and 15; the first one here is field 3.
  uint64_t user = 0;
  uint64_t system = 0;
  if (fields.size() < 13 || !absl::SimpleAtoi(fields[11], &user) || !absl::SimpleAtoi(fields[12], &system))
    return 0;
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

std::vector<pid_t> FamilyOf(pid_t pid) {
  std::vector<pid_t> family;
  AddWithDescendants(pid, family);
  return family;
}

double ResidentBytes(const std::vector<pid_t>& family) {
  double bytes = 0;
  for (pid_t pid : family) bytes += ResidentBytesOfOne(pid);
  return bytes;
}

double CpuSeconds(const std::vector<pid_t>& family) {
  double seconds = 0;
  for (pid_t pid : family) seconds += CpuSecondsOfOne(pid);
  return seconds;
}

}  // namespace gateway_load
