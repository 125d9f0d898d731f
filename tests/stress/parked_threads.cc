// Ten thousand threads at the same time, each of which allocated something and sleeps; then all end. The
// process works throughout, and the threads' share of the RSS stays small. Argument: threads.
#include <pthread.h>

#include <vector>

#include "stress/marked_block.h"

namespace {
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
bool leaving;

void* Park(void* seed) {
  Random random(reinterpret_cast<uintptr_t>(seed) + 1);
  FreeMarked(NewMarked(random, 12));
  MarkedBlock* kept = NewMarked(random, 8);
  pthread_mutex_lock(&mutex);
  while (!leaving) pthread_cond_wait(&wake, &mutex);
  pthread_mutex_unlock(&mutex);
  FreeMarked(kept);
  return nullptr;
}

std::vector<pthread_t> Start(size_t wanted) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  CHECK_EQ(pthread_attr_setstacksize(&small, size_t{64} << 10), 0);
  std::vector<pthread_t> threads;
  for (uintptr_t i = 0; i < wanted; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &small, Park, reinterpret_cast<void*>(i)) != 0) break;
    threads.push_back(thread);
  }
  return threads;
}
}  // namespace

int main(int count, char** arguments) {
  Watchdog(200);
  const size_t wanted = Argument(count, arguments, 10000);
  const std::vector<pthread_t> threads = Start(wanted);
  for (int i = 0; i < 1000; ++i) free(malloc(static_cast<size_t>(i) * 100));
  const size_t resident = ResidentBytes();
  pthread_mutex_lock(&mutex);
  leaving = true;
  pthread_cond_broadcast(&wake);
  pthread_mutex_unlock(&mutex);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
  if (threads.size() < wanted) Skip("this machine does not allow 10,000 threads in a process");
  CHECK(resident < wanted * (size_t{96} << 10));
}
