// glibc makes no more arenas than the cap says, whoever set it, and the effective configuration says who did.
// The threads are there before main where a library's constructor makes them (early_threads_library.cc).
// Arguments: the most arenas, what the configuration says, and optionally what the program asks of mallopt.
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "lifecycle/pressure.h"

namespace {
constexpr int kThreads = 64;
pthread_barrier_t allocated;

void* Allocate(void*) {
  free(malloc(5000));
  pthread_barrier_wait(&allocated);
  pause();
  return nullptr;
}

int CountArenas() {
  char* text = nullptr;
  size_t size = 0;
  FILE* stream = open_memstream(&text, &size);
  CHECK(stream != nullptr && malloc_info(0, stream) == 0 && fclose(stream) == 0);
  int count = 0;
  for (const char* at = text; (at = strstr(at, "<heap nr=")) != nullptr; ++at) ++count;
  return count;
}
}  // namespace

int main(int count, char** arguments) {
  Watchdog(50);
  CHECK(count >= 3);
  if (count > 3) CHECK_EQ(mallopt(M_ARENA_MAX, atoi(arguments[3])), 1);
  CHECK_EQ(pthread_barrier_init(&allocated, nullptr, kThreads + 1), 0);
  for (int i = 0; i < kThreads; ++i) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, nullptr, Allocate, nullptr), 0);
  }
  pthread_barrier_wait(&allocated);
  const int arenas = CountArenas();
  SayNumber(arenas);
  Say(" arenas\n");
  CHECK(arenas >= 1 && arenas <= atoi(arguments[1]));
  static char text[1 << 16];
  CHECK(memgov_text(MEMGOV_TEXT_CONFIG, text, sizeof text) < sizeof text);
  Say(text);
  CHECK(strstr(text, arguments[2]) != nullptr);
  _exit(0);
}
