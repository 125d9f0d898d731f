// Threads of every kind allocate: smallest stack, no guard, own stack, detached, explicit scheduling.
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "preload_check.h"

namespace {
sem_t done;

void* Work(void*) {
  for (size_t size = 1; size < 3000000; size = size * 2 + 1) {
    void* block = malloc(size);
    CHECK(block != nullptr);
    block = realloc(block, size * 2);
    CHECK(block != nullptr);
    free(block);
  }
  sem_post(&done);
  return nullptr;
}

void Run(pthread_attr_t* attributes) {
  int detached;
  pthread_t thread;
  CHECK_EQ(pthread_attr_getdetachstate(attributes, &detached), 0);
  CHECK_EQ(pthread_create(&thread, attributes, Work, nullptr), 0);
  while (sem_wait(&done) != 0) continue;
  if (detached == PTHREAD_CREATE_JOINABLE) CHECK_EQ(pthread_join(thread, nullptr), 0);
  CHECK_EQ(pthread_attr_destroy(attributes), 0);
}
}  // namespace

int main() {
  Watchdog(50);
  sem_init(&done, 0, 0);
  const size_t smallest = static_cast<size_t>(PTHREAD_STACK_MIN);
  for (int round = 0; round < 30; ++round) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    CHECK_EQ(pthread_attr_setstacksize(&attributes, smallest), 0);
    CHECK_EQ(pthread_attr_setguardsize(&attributes, 0), 0);
    Run(&attributes);

    pthread_attr_init(&attributes);
    CHECK_EQ(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED), 0);
    Run(&attributes);

    void* stack = mmap(nullptr, smallest, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(stack != MAP_FAILED);
    pthread_attr_init(&attributes);
    CHECK_EQ(pthread_attr_setstack(&attributes, stack, smallest), 0);
    Run(&attributes);
    munmap(stack, smallest);

    pthread_attr_init(&attributes);
    CHECK_EQ(pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED), 0);
    Run(&attributes);
  }
}
