// The object loaded at run time, by a process whose heap is libc's: it must refuse, or load and leave malloc
// alone.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
void* Work(void* given) {
  free(given);
  for (size_t size = 1; size < 1 << 20; size *= 2) free(realloc(malloc(size), size * 2));
  return malloc(100);
}

void UseHeap(void* from_before) {
  pthread_t thread;
  void* from_thread;
  CHECK_EQ(pthread_create(&thread, nullptr, Work, from_before), 0);
  CHECK_EQ(pthread_join(thread, &from_thread), 0);
  free(from_thread);
}

void Load(int flags) {
  void* from_before = malloc(5000);
  void* object = dlopen(getenv("MEMGOV_TEST_OBJECT"), flags);
  UseHeap(from_before);
  if (!object) return;
  const auto available = reinterpret_cast<int (*)()>(dlsym(object, "memgov_available"));
  CHECK(available && available() == 0);
  dlclose(object);
  UseHeap(malloc(300));
}
}  // namespace

int main() {
  Watchdog(50);
  for (int i = 0; i < 3; ++i) Load(RTLD_NOW | RTLD_LOCAL);
  Load(RTLD_LAZY | RTLD_GLOBAL);
  free(malloc(1000));
}
