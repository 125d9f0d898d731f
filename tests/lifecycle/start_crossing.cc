// The governor's start may fall anywhere: into a constructor under dlopen, which holds the loader's lock, or
// into the first touch of thread-local state in eight threads at once (made by thrd_create, which no hook
// sees). 500 processes, each crossing the threshold there. Arguments: the library.
#include <dlfcn.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <threads.h>

#include "preload_check.h"

namespace {
const char* library;

int LoadAndTouch(void*) {
  for (int i = 0; i < 2; ++i) {
    void* loaded = dlopen(library, RTLD_NOW);
    CHECK(loaded != nullptr);
    const auto state = reinterpret_cast<int (*)()>(dlsym(loaded, "BurstState"));
    CHECK(state && state() == 7);
    CHECK_EQ(dlclose(loaded), 0);
  }
  return 0;
}

void Child(bool threaded) {
  Watchdog(20);
  if (!threaded) {
    LoadAndTouch(nullptr);
    return;
  }
  thrd_t threads[8];
  for (thrd_t& thread : threads) CHECK_EQ(thrd_create(&thread, LoadAndTouch, nullptr), thrd_success);
  for (thrd_t thread : threads) CHECK_EQ(thrd_join(thread, nullptr), thrd_success);
}
}  // namespace

int main(int count, char** arguments) {
  library = arguments[1];
  if (count > 2) {
    Child(arguments[2][0] == 't');
    return 0;
  }
  for (int i = 0; i < 500; ++i) {
    char how[] = {i % 5 == 0 ? 's' : 't', 0};
    char* child_arguments[] = {arguments[0], arguments[1], how, nullptr};
    pid_t child;
    int status;
    CHECK_EQ(posix_spawn(&child, arguments[0], nullptr, nullptr, child_arguments, environ), 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK_EQ(status, 0);
  }
}
