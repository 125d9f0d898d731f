#include "governor/cohort/process_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"

namespace memgov {
namespace {

constexpr uint64_t kProcessMask = 0x7fffffff;

bool ReadStat(const char* path, ProcessStat* stat) {
  char text[512];
  return ReadSmallFile(path, text, sizeof text) > 0 && ParseProcessStat(text, stat);
}

bool ReadOwnStat(ProcessStat* stat) { return ReadStat("/proc/self/stat", stat); }

bool ReadStatOf(uint64_t process, ProcessStat* stat) {
  char path[40];
  TextWriter text(path, sizeof path - 1);
  text.Text("/proc/").Number(process).Text("/stat");
  path[text.size()] = '\0';
  return ReadStat(path, stat);
}

// Numbers in a /proc that was mounted for another pid namespace name other processes.
bool IsOwnProc() {
  ProcessStat stat;
  return ReadOwnStat(&stat) && stat.process == static_cast<uint64_t>(os::ProcessId());
}

// Beyond the name in parentheses, which may hold anything, parentheses too.
const char* AfterName(const char* text) {
  const char* after = nullptr;
  for (; *text != '\0'; ++text) {
    if (*text == ')') after = text + 1;
  }
  return after;
}

const char* SkipField(const char* text) {
  while (*text == ' ') ++text;
  while (*text != ' ' && *text != '\0') ++text;
  while (*text == ' ') ++text;
  return text;
}

const char* SkipFields(const char* text, int count) {
  for (; count > 0; --count) text = SkipField(text);
  return text;
}

}  // namespace

ProcessWord MakeProcessWord(pid_t process, uint64_t start_ticks) {
  const uint64_t low = start_ticks & UINT32_MAX;
  const uint64_t start = start_ticks != 0 && low == 0 ? 1 : low;
  return (start << 32) | (static_cast<uint64_t>(process) & kProcessMask);
}

ProcessWord OwnProcessWord() {
  ProcessStat stat;
  return MakeProcessWord(os::ProcessId(), ReadOwnStat(&stat) ? stat.start_ticks : 0);
}

bool IsGone(ProcessWord word) {
  const uint64_t process = word & kProcessMask;
  if (process == 0 || process != (word & UINT32_MAX)) return true;
  // First, as /proc mounted with hidepid has no entry for the processes of others.
  if (CallKernel(SYS_kill, process, 0) == -ESRCH) return true;
  ProcessStat stat;
  if ((word >> 32) == 0 || !ReadStatOf(process, &stat) || stat.start_ticks == 0) return false;
  const bool other = MakeProcessWord(static_cast<pid_t>(process), stat.start_ticks) != word;
  const bool zombie = (stat.state == 'Z' || stat.state == 'X') && stat.threads <= 1;
  return (other || zombie) && IsOwnProc();
}

uint64_t PidNamespace() {
  struct stat status {};
  if (CallKernel(SYS_newfstatat, AT_FDCWD, "/proc/self/ns/pid", &status, 0) != 0) return 0;
  return status.st_ino;
}

// man 5 proc: (1) pid (2) comm (3) state ... (20) num_threads (21) itrealvalue (22) starttime
bool ParseProcessStat(const char* text, ProcessStat* stat) {
  const char* at = AfterName(text);
  if (at == nullptr || *at != ' ' || ParseDigits(text, &stat->process) == nullptr) return false;
  stat->state = at[1];
  const char* threads = SkipFields(at, 17);
  return ParseDigits(threads, &stat->threads) != nullptr &&
         ParseDigits(SkipFields(threads, 2), &stat->start_ticks) != nullptr;
}

}  // namespace memgov
