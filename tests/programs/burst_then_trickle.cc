// A burst of 200 MB over 148 pool threads, then silence or a request of 200 KB every 20 ms, each on the next
// thread: either way RSS comes back to what it was after one request, plus what lives, plus 10 MB, and stays.
//
//   burst_then_trickle silence|trickle [record]     record: says how long it took, and asserts nothing
#include <memgov/memgov.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "preload_check.h"

namespace {

constexpr int kThreads = 148;
constexpr size_t kBurstBytes = size_t{200} << 20;
constexpr size_t kBodyBytes = size_t{200} << 10;
constexpr size_t kNodesPerBody = 400;
constexpr size_t kSessionBytes = 100;
constexpr size_t kMarginBytes = size_t{10} << 20;
constexpr int kTrickleMicroseconds = 20000;
// The promise is 2 s; the deadline is for hangs and slow machines.
constexpr double kDeadlineSeconds = 10;

enum class Work { kRequest, kBurst };

struct Worker {
  pthread_t thread;
  sem_t wanted;
  Work work;
  void* session;  // lives on, at each heap's top
};
Worker workers[kThreads];
pthread_barrier_t all_allocated, all_freed;

double Seconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void* Touched(size_t bytes) {
  void* block = malloc(bytes);
  CHECK(block != nullptr);
  memset(block, 1, bytes);
  return block;
}

// Sizes of a document's nodes: 16 to 1039 bytes, 512 on average.
size_t NodeBytes(size_t index) { return 16 + index * 211 % 1024; }

// A body and its parsed form: about 400 KB.
void AllocateDocument(void** blocks) {
  *blocks++ = Touched(kBodyBytes);
  for (size_t index = 0; index < kNodesPerBody; ++index) *blocks++ = Touched(NodeBytes(index));
}

void FreeDocument(void** blocks) {
  for (size_t index = 0; index <= kNodesPerBody; ++index) free(blocks[index]);
}

void DoRequest() {
  void* blocks[kNodesPerBody + 1];
  AllocateDocument(blocks);
  usleep(2000);  // the upstream
  FreeDocument(blocks);
}

void DoBurst(Worker& worker) {
  constexpr size_t kDocuments = kBurstBytes / (kThreads * 2 * kBodyBytes) + 1;
  void* documents[kDocuments][kNodesPerBody + 1];
  for (auto& document : documents) AllocateDocument(document);
  worker.session = Touched(kSessionBytes);
  pthread_barrier_wait(&all_allocated);  // the main thread looks at RSS between the two
  pthread_barrier_wait(&all_allocated);
  for (auto& document : documents) FreeDocument(document);
  pthread_barrier_wait(&all_freed);
}

void* Serve(void* argument) {
  Worker& worker = *static_cast<Worker*>(argument);
  for (;;) {
    while (sem_wait(&worker.wanted) != 0) {
    }
    if (worker.work == Work::kBurst) {
      DoBurst(worker);
    } else {
      DoRequest();
    }
  }
}

void Ask(Worker& worker, Work work) {
  worker.work = work;
  CHECK_EQ(sem_post(&worker.wanted), 0);
}

void* Trickle(void*) {
  for (int index = 0;; ++index) {
    Ask(workers[index % kThreads], Work::kRequest);
    usleep(kTrickleMicroseconds);
  }
}

// All threads exist, one has served one request.
size_t StartAndMeasureBase() {
  CHECK_EQ(pthread_barrier_init(&all_allocated, nullptr, kThreads + 1), 0);
  CHECK_EQ(pthread_barrier_init(&all_freed, nullptr, kThreads + 1), 0);
  for (Worker& worker : workers) {
    CHECK_EQ(sem_init(&worker.wanted, 0, 0), 0);
    CHECK_EQ(pthread_create(&worker.thread, nullptr, Serve, &worker), 0);
  }
  Ask(workers[0], Work::kRequest);
  usleep(200000);
  return ResidentBytes();
}

// Until then: the seconds it took; negative when the deadline passed first.
double SecondsUntilBelow(size_t bound) {
  const double begin = Seconds();
  while (ResidentBytes() > bound) {
    if (Seconds() - begin > kDeadlineSeconds) return -1;
    usleep(20000);
  }
  return Seconds() - begin;
}

void Burst(size_t base) {
  for (Worker& worker : workers) Ask(worker, Work::kBurst);
  pthread_barrier_wait(&all_allocated);
  CHECK(ResidentBytes() > base + kBurstBytes);
  pthread_barrier_wait(&all_allocated);
  pthread_barrier_wait(&all_freed);
}

}  // namespace

int main(int count, char** arguments) {
  Watchdog(50);
  CHECK(count >= 2);
  const bool trickle = strcmp(arguments[1], "trickle") == 0;
  const bool record = count > 2 && strcmp(arguments[2], "record") == 0;
  CHECK(trickle || strcmp(arguments[1], "silence") == 0);
  const size_t base = StartAndMeasureBase();
  Burst(base);
  pthread_t client;
  if (trickle) CHECK_EQ(pthread_create(&client, nullptr, Trickle, nullptr), 0);
  const size_t live = kThreads * kSessionBytes + (trickle ? 2 * kBodyBytes : 0);
  const size_t bound = base + live + kMarginBytes;
  const double seconds = SecondsUntilBelow(bound);
  sleep(2);
  const size_t later = ResidentBytes();
  printf(
      "%s, then %s: base %zu KiB, bound %zu KiB; below it after %.2f s (negative: not in %.0f s), later %zu "
      "KiB\n",
      memgov_available() ? memgov_version() : "without memgov", arguments[1], base >> 10, bound >> 10,
      seconds, kDeadlineSeconds, later >> 10);
  fflush(stdout);
  if (!record) {
    CHECK(seconds >= 0);
    CHECK(later <= bound);
  }
  _exit(0);
}
