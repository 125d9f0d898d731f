// vfork children that die inside malloc, on their parent's memory and under its name. It is the same place
// each time: where malloc takes a free block, which lies on a page that nobody may touch; no lock is held
// there. The parent's thread, once it has gone on, counts as outside again: another thread's fork does not
// wait for it, and what it keeps for itself can be released. But a thread whose signal handler vforks while
// it is inside malloc itself stays inside until it leaves.
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "preload_check.h"

namespace {
constexpr int kBlocks = 400, kDeaths = 10, kKept = 7;
constexpr size_t kSize = 400, kOtherSize = 304, kPageBytes = 4096;

// Of a free block that malloc takes next. memgov wants one elsewhere now and then, a sample, hence the tries.
void* PageOfFreeBlockInFront() {
  static void* blocks[kBlocks];
  for (void*& block : blocks) CHECK((block = malloc(kSize)) != nullptr);
  for (int i = kBlocks / 2; i < kBlocks; ++i) {
    free(blocks[i]);
    for (int taken = 0; taken < 2 * kBlocks; ++taken) {
      if (malloc(kSize) != blocks[i]) continue;
      free(blocks[i]);
      return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(blocks[i]) & ~(kPageBytes - 1));
    }
  }
  CHECK(!"a block that was freed comes back");
  return nullptr;
}

// noinline: the frame that called vfork must not be left by the child.
__attribute__((noinline)) int StatusOfChildThatAllocates(size_t size) {
  const pid_t child = vfork();
  if (child == 0) {
    Escape(malloc(size));
    _exit(0);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  return status;
}

void LoseChildren() {
  void* page = PageOfFreeBlockInFront();
  CHECK_EQ(mprotect(page, kPageBytes, PROT_NONE), 0);
  for (int died = 0, i = 0; died < kDeaths; ++i) {
    CHECK(i < 5 * kDeaths);
    const int status = StatusOfChildThatAllocates(kSize);
    CHECK(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV));
    died += WIFSIGNALED(status) ? 1 : 0;
  }
  CHECK_EQ(mprotect(page, kPageBytes, PROT_READ | PROT_WRITE), 0);
}

void KeepSomeForItself() {
  void* kept[kKept];
  for (void*& block : kept) CHECK((block = malloc(kOtherSize)) != nullptr);
  for (void* block : kept) free(block);
}

void* Fork(void*) {
  const pid_t child = fork();
  if (child == 0) {
    free(malloc(100));
    _exit(0);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
  return nullptr;
}

// glibc's caches: it counts what is in them as in use. This thread makes its own arena first.
bool ReleasesWhatIsKept() {
  free(malloc(1));
  const size_t before = mallinfo2().uordblks;
  malloc_trim(0);
  return mallinfo2().uordblks + kKept * kOtherSize <= before;
}

bool EmptiesCaches() {
  const char* engine = getenv("MEMGOV_TEST_ENGINE");
  return engine != nullptr && strcmp(engine, "system") == 0;
}

void* Release(void*) {
  if (EmptiesCaches()) CHECK(ReleasesWhatIsKept());
  return nullptr;
}

void OnAnotherThread(void* (*work)(void*)) {
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, nullptr, work, nullptr), 0);
  CHECK_EQ(pthread_join(thread, nullptr), 0);
}

void* page_of_fault = nullptr;
int faults = 0;
sem_t inside, looked;

void* ReleaseWhileInside(void*) {
  while (sem_wait(&inside) != 0) CHECK_EQ(errno, EINTR);
  if (EmptiesCaches()) CHECK(!ReleasesWhatIsKept());
  CHECK_EQ(sem_post(&looked), 0);
  return nullptr;
}

void VforkInsideMalloc(int) {
  CHECK_EQ(StatusOfChildThatAllocates(kOtherSize), 0);
  KeepSomeForItself();
  CHECK_EQ(sem_post(&inside), 0);
  while (sem_wait(&looked) != 0) CHECK_EQ(errno, EINTR);
  CHECK_EQ(mprotect(page_of_fault, kPageBytes, PROT_READ | PROT_WRITE), 0);
  ++faults;
}

void FaultInsideMalloc() {
  CHECK(sem_init(&inside, 0, 0) == 0 && sem_init(&looked, 0, 0) == 0);
  pthread_t other;
  CHECK_EQ(pthread_create(&other, nullptr, ReleaseWhileInside, nullptr), 0);
  page_of_fault = PageOfFreeBlockInFront();
  CHECK(signal(SIGSEGV, VforkInsideMalloc) != SIG_ERR);
  CHECK_EQ(mprotect(page_of_fault, kPageBytes, PROT_NONE), 0);
  for (int i = 0; faults == 0; ++i) {
    CHECK(i < 5);
    Escape(malloc(kSize));
  }
  CHECK_EQ(pthread_join(other, nullptr), 0);
}
}  // namespace

int main() {
  Watchdog(20);
  const rlimit no_core = {0, 0};
  CHECK_EQ(setrlimit(RLIMIT_CORE, &no_core), 0);
  OnAnotherThread(Fork);
  // As much as it takes until the engine knows this thread, now that there has been another one.
  for (int i = 0; i < 10000; ++i) free(malloc(kSize));
  LoseChildren();
  KeepSomeForItself();
  OnAnotherThread(Fork);
  OnAnotherThread(Release);
  FaultInsideMalloc();
  OnAnotherThread(Release);
  OnAnotherThread(Fork);
}
