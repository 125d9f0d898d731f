// fork from a single-threaded process: the child allocates at once, starts threads, and forks again, five
// deep.
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "preload_check.h"

namespace {
void* Work(void* given) {
  free(given);
  return malloc(4000);
}

void UseHeap(char* of_parent) {
  CHECK(of_parent[9999] == 'f');
  of_parent = static_cast<char*>(realloc(of_parent, 50000));
  CHECK(of_parent != nullptr && of_parent[9999] == 'f');
  pthread_t thread;
  void* result;
  CHECK_EQ(pthread_create(&thread, nullptr, Work, of_parent), 0);
  CHECK_EQ(pthread_join(thread, &result), 0);
  free(result);
}

void ForkDown(int depth) {
  char* block = static_cast<char*>(malloc(10000));
  CHECK(block != nullptr);
  memset(block, 'f', 10000);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    Watchdog(30);
    UseHeap(block);
    if (depth > 0) ForkDown(depth - 1);
    _exit(0);
  }
  int status;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
  UseHeap(block);
}
}  // namespace

int main() {
  Watchdog(50);
  for (int i = 0; i < 20; ++i) ForkDown(5);
}
