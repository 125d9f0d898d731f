// A process that ends while its governor writes evidence ends well, and leaves none: its own exit removes it.
#include <dirent.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "preload_check.h"

namespace {

void* Churn(void*) {
  for (;;) {
    void* block = malloc(200000);
    if (block != nullptr) memset(block, 1, 200000);
    free(block);
  }
}

// Above soft from the begin, with threads that keep the governor busy; then it returns from main at any
// moment.
[[noreturn]] void RunAndExit(int round) {
  Watchdog(60);
  for (int count = 0; count < 140; ++count) memset(malloc(200000), 1, 200000);
  pthread_t thread;
  for (int count = 0; count < 2; ++count) CHECK_EQ(pthread_create(&thread, nullptr, Churn, nullptr), 0);
  usleep(static_cast<useconds_t>(20000 + round * 7919 % 60000));
  exit(0);
}

int CountEvidence(const char* folder) {
  int count = 0;
  DIR* directory = opendir(folder);
  if (directory == nullptr) return 0;
  while (const dirent* entry = readdir(directory)) count += strstr(entry->d_name, ".evidence") != nullptr;
  closedir(directory);
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) RunAndExit(atoi(argv[1]));
  char folder[] = "/tmp/memgov-exit-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  setenv("MEMGOV_DIR", folder, 1);
  setenv("MEMGOV_BUDGET", "32M", 1);
  setenv("LD_PRELOAD", getenv("MEMGOV_TEST_OBJECT"), 1);
  for (int round = 0; round < 40; ++round) {
    char number[16];
    snprintf(number, sizeof number, "%d", round);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      execl(argv[0], argv[0], number, static_cast<char*>(nullptr));
      _exit(127);
    }
    int status = 0;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
  }
  char inner[128];
  snprintf(inner, sizeof inner, "%s/memgov-%d", folder, static_cast<int>(getuid()));
  CHECK_EQ(CountEvidence(inner), 0);
  rmdir(inner);
  rmdir(folder);
}
