#include "governor/cli/launch/process_state.h"

#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr size_t kMostStat = 4096;

// Fields of proc(5)'s stat from the state on.
constexpr size_t kState = 0;
constexpr size_t kParent = 1;
constexpr size_t kFlags = 6;
// 0 until an exec has mapped the program (fs/binfmt_elf.c); 1 where this user may not know it.
constexpr size_t kStartOfCode = 23;

// include/linux/sched.h
constexpr uint64_t kExiting = 0x4;             // PF_EXITING
constexpr uint64_t kForkedWithoutExec = 0x40;  // PF_FORKNOEXEC

uint64_t NumberIn(const std::vector<std::string_view>& fields, size_t field) {
  return field < fields.size() ? ParseNumber(fields[field]).value_or(0) : 0;
}

// False as well where this user may not know.
bool ShareMemory(int one, int other) { return syscall(SYS_kcmp, one, other, KCMP_VM, 0, 0) == 0; }

}  // namespace

std::optional<ProcessState> ReadProcessState(int pid, const std::string& proc_root) {
  const absl::StatusOr<std::string> text = ReadProcessFile(proc_root, pid, "stat", kMostStat);
  if (!text.ok()) return std::nullopt;
  // The name may hold brackets and blanks; behind its last bracket stand the fields.
  const size_t end = text->rfind(')');
  if (end == std::string::npos || end + 2 > text->size()) return std::nullopt;
  const std::vector<std::string_view> fields = Split(std::string_view(*text).substr(end + 2), " \n");
  if (fields.size() <= kParent) return std::nullopt;
  ProcessState state;
  state.parent = static_cast<int>(NumberIn(fields, kParent));
  state.ended = fields[kState] == "Z" || fields[kState] == "X";
  const uint64_t flags = NumberIn(fields, kFlags);
  const bool in_parents = (flags & kForkedWithoutExec) != 0 && ShareMemory(pid, state.parent);
  state.has_memory =
      !state.ended && (flags & kExiting) == 0 && NumberIn(fields, kStartOfCode) != 0 && !in_parents;
  return state;
}

}  // namespace memgov::cli
