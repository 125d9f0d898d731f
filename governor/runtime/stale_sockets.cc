#include "governor/runtime/stale_sockets.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "governor/base/message.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/cohort/process_identity.h"
#include "governor/cohort/shared_file.h"
#include "governor/control/socket_file.h"

namespace memgov::governor::stale_sockets {
namespace {

constexpr const char* kSuffix = ".sock";

bool IsSocket(const char* path) {
  struct stat status {};
  return CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISSOCK(status.st_mode);
}

void Look(void* context, const char* name) {
  uint64_t process = 0;
  const char* rest = ParseDigits(name, &process);
  if (rest == nullptr || !TextEqual(rest, kSuffix) || process > INT32_MAX ||
      !IsGone(MakeProcessWord(static_cast<pid_t>(process), 0)))
    return;
  char path[shared_file::kPathBytes];
  WritePath(path, static_cast<const char*>(context), process);
  if (IsSocket(path) && control::IsAbandoned(path)) shared_file::Remove(path);
}

}  // namespace

void WritePath(char* path, const char* folder, uint64_t process) {
  TextWriter text(path, shared_file::kPathBytes - 1);
  text.Text(folder).Text("/").Number(process).Text(kSuffix);
  path[text.size()] = '\0';
}

void Remove(const char* folder) { shared_file::ForEachName(folder, Look, const_cast<char*>(folder)); }

}  // namespace memgov::governor::stale_sockets
