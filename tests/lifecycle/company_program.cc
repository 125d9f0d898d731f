// What a driver starts in company of other allocators: threads, blocks that the C library makes and we free,
// a child of the same kind. Says who serves: whether memgov does, and how many governors run. Argument:
// "child" in the child.
#include <dirent.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "lifecycle/pressure.h"

namespace {
void* Work(void*) {
  for (size_t size = 1; size < 1 << 20; size = size * 3 + 1) {
    char* block = static_cast<char*>(realloc(calloc(1, size), size * 2));
    CHECK(block != nullptr);
    free(block);
  }
  char* copy = strdup("a text of some length");
  char* part = strndup(copy, 6);
  CHECK(copy != nullptr && part != nullptr && strcmp(part, "a text") == 0);
  copy = static_cast<char*>(realloc(copy, 5000));
  CHECK(copy != nullptr && strncmp(copy, part, 6) == 0);
  free(copy);
  free(part);
  free(realpath("/proc/self/..", nullptr));
  return nullptr;
}

int CountGovernors() {
  int count = 0;
  DIR* tasks = opendir("/proc/self/task");
  CHECK(tasks != nullptr);
  while (const dirent* task = readdir(tasks)) {
    char path[300];
    char name[32] = "";
    snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
    FILE* file = fopen(path, "r");
    if (file == nullptr) continue;
    if (fgets(name, sizeof name, file) != nullptr && strcmp(name, "memgov\n") == 0) ++count;
    fclose(file);
  }
  closedir(tasks);
  return count;
}

void RunAsChild(char** arguments) {
  char child_argument[] = "child";
  char* again[] = {arguments[0], child_argument, nullptr};
  pid_t child;
  int status;
  CHECK_EQ(posix_spawn(&child, arguments[0], nullptr, nullptr, again, environ), 0);
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
}
}  // namespace

int main(int count, char** arguments) {
  Watchdog(25);
  pthread_t threads[8];
  for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, Work, nullptr), 0);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  const int available = memgov_available();
  for (int waited = 0; available == 1 && CountGovernors() == 0 && waited < 1000; ++waited) usleep(10000);
  if (count < 2) RunAsChild(arguments);
  printf("%s available %d governors %d\n", count < 2 ? "parent" : "child", available, CountGovernors());
}
