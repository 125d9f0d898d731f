// A core dump holds what is in memory, not what is reserved: after 100 MB were used and given back it is small,
// and with 20 MB in use it is no larger than those and a little more.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "preload_check.h"

namespace {

constexpr size_t kMega = 1 << 20;

// Dumps go where the pattern says: only a plain name ends up in our folder.
void SkipUnlessPlainPattern() {
  char pattern[256] = {};
  const int file = open("/proc/sys/kernel/core_pattern", O_RDONLY);
  if (file < 0 || read(file, pattern, sizeof pattern - 1) <= 0) Skip("no core_pattern");
  close(file);
  if (strchr(pattern, '|') != nullptr || strchr(pattern, '/') != nullptr || strcmp(pattern, "core\n") != 0)
    Skip("core dumps go elsewhere");
}

[[noreturn]] void UseAndDie() {
  const rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
  if (setrlimit(RLIMIT_CORE, &all) != 0) _exit(77);
  constexpr int kBlocks = 500;
  static char* blocks[kBlocks];
  for (char*& block : blocks) block = static_cast<char*>(memset(malloc(kMega / 5), 1, kMega / 5));
  for (int index = kBlocks / 5; index < kBlocks; ++index) free(blocks[index]);
  usleep(1500000);  // several times what memgov waits before it gives back
  abort();
}

long long DumpBytes() {
  struct stat status {};
  return stat("core", &status) == 0 ? status.st_blocks * 512LL : -1;
}

}  // namespace

int main() {
  Watchdog(50);
  SkipUnlessPlainPattern();
  char folder[] = "/tmp/memgov-core-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  CHECK_EQ(chdir(folder), 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) UseAndDie();
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  const long long bytes = DumpBytes();
  unlink("core");
  CHECK_EQ(chdir("/"), 0);
  rmdir(folder);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) Skip("no core dumps allowed");
  CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
  if (bytes < 0) Skip("the kernel wrote no dump");
  CHECK(bytes < 60LL * static_cast<long long>(kMega));
}
