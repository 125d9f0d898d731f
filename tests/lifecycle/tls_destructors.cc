// A thread's last acts allocate and free: C++ thread_local destructors, then keys over several rounds, of
// keys made before and after the allocator's own.
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "preload_check.h"

extern "C" void UseLibraryKeys();
extern "C" int LibraryKeyRounds();

namespace {
constexpr int kThreads = 200;
pthread_key_t late_key;
std::atomic<int> late_rounds, destroyed;

void Late(void* value) {
  free(value);
  std::vector<std::string> many(100, std::string(300, 'l'));
  late_rounds.fetch_add(1);
  CHECK_EQ(pthread_setspecific(late_key, malloc(5000)), 0);
}

struct Scratch {
  std::vector<std::string> lines;
  ~Scratch() {
    for (int i = 0; i < 100; ++i) lines.push_back(std::string(100, 's'));
    destroyed.fetch_add(1);
  }
};
thread_local Scratch scratch;

void* Work(void*) {
  scratch.lines.emplace_back("started");
  UseLibraryKeys();
  CHECK_EQ(pthread_setspecific(late_key, malloc(100)), 0);
  return nullptr;
}
}  // namespace

int main() {
  Watchdog(50);
  CHECK_EQ(pthread_key_create(&late_key, Late), 0);
  for (int i = 0; i < kThreads; i += 4) {
    pthread_t threads[4];
    for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, Work, nullptr), 0);
    for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  }
  CHECK_EQ(destroyed, kThreads);
  CHECK_EQ(late_rounds, kThreads * PTHREAD_DESTRUCTOR_ITERATIONS);
  CHECK(LibraryKeyRounds() >= kThreads * PTHREAD_DESTRUCTOR_ITERATIONS);
}
