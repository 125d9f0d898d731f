// 1,000 times dlopen and dlclose of a plugin that keeps thread-local state and registers atfork handlers,
// used from threads that end in between, with forks in between.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "preload_check.h"

namespace {
void* (*allocates)(size_t);
void (*frees)(void*);

void* Work(void*) {
  frees(allocates(1000));
  free(allocates(50));
  return nullptr;
}

void ForkOnce() {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    Watchdog(20);
    frees(allocates(3000));
    _exit(0);
  }
  int status;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
}
}  // namespace

int main(int count, char** arguments) {
  Watchdog(50);
  CHECK_EQ(count, 2);
  for (int i = 0; i < 1000; ++i) {
    void* plugin = dlopen(arguments[1], RTLD_NOW);
    CHECK(plugin != nullptr);
    allocates = reinterpret_cast<void* (*)(size_t)>(dlsym(plugin, "PluginAllocates"));
    frees = reinterpret_cast<void (*)(void*)>(dlsym(plugin, "PluginFrees"));
    CHECK(allocates && frees);
    Work(nullptr);
    if (i % 10 == 0) {
      pthread_t thread;
      CHECK_EQ(pthread_create(&thread, nullptr, Work, nullptr), 0);
      CHECK_EQ(pthread_join(thread, nullptr), 0);
    }
    if (i % 50 == 0) ForkOnce();
    CHECK_EQ(dlclose(plugin), 0);
  }
}
