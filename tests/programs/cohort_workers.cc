// Four workers share one limit, and the load moves from one to the next: the busy one gets the room, also
// when the one before it was killed with all its reservations (reaped or not), and so does its successor.
// run_cohort_workers.py runs this in a memory cgroup, and looks whether the limit was met.
//
//   cohort_workers fork|exec <seconds>     how long a worker may wait for its room
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <new>

#include "cohort_workers_worker.h"

namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
// Of the soft budget: what the busy worker must come to hold. And what an idle one may keep.
constexpr uint64_t kRoomPercent = 60;
constexpr uint64_t kIdleBytes = 40 * kMiB;

Shared* MapShared(int file) {
  void* at = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  CHECK(at != MAP_FAILED);
  return static_cast<Shared*>(at);
}

[[noreturn]] void RunWorker(Shared* shared, int index) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that fails leaves nobody behind
  Worker(*shared, index).Run();
}

// As in gunicorn, whose master had threads and a heap of its own before it forked.
void* AllocateAndFree(void*) {
  void* blocks[40];
  for (void*& block : blocks) {
    block = malloc(kUnitBytes);
    CHECK(block != nullptr);
    memset(block, 1, kUnitBytes);
  }
  for (void* block : blocks) free(block);
  return nullptr;
}

void UseHeapInAThread() {
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, nullptr, AllocateAndFree, nullptr), 0);
  CHECK_EQ(pthread_join(thread, nullptr), 0);
}

class Cohort {
 public:
  Cohort(bool exec, double deadline_seconds)
      : exec_(exec),
        deadline_ns_(static_cast<uint64_t>(deadline_seconds * 1e9)),
        file_(memfd_create("cohort_workers", 0)) {
    CHECK(file_ >= 0);
    CHECK_EQ(ftruncate(file_, sizeof(Shared)), 0);
    shared_ = new (MapShared(file_)) Shared;
  }

  void Start(int index) {
    new (&shared_->workers[index]) WorkerState;
    alive_[index] = true;
    processes_[index] = exec_ ? Spawn(index) : Fork(index);
    WaitFor("for a budget", index, [&] { return shared_->workers[index].soft_bytes != 0; });
    CHECK(shared_->workers[index].soft_bytes != MEMGOV_UNLIMITED);
  }

  // The load goes to this worker; it gets its room, the idle ones give theirs back, and a second later it has
  // its room still.
  void MoveTo(int index) {
    WorkerState& worker = shared_->workers[index];
    const uint64_t room = worker.soft_bytes * kRoomPercent / 100;
    shared_->busy = index;
    WaitFor("for its room", index, [&] { return worker.held_bytes >= room; });
    for (int other = 0; other < kWorkers; ++other) {
      if (other == index || !alive_[other]) continue;
      WaitFor("until it was small again", other, [&] { return AnonymousBytes(other) <= kIdleBytes; });
    }
    sleep(1);
    WaitFor("for its room again", index, [&] { return worker.held_bytes >= room; });
    ShowWorkers();
  }

  // Not reaped: a zombie, which still has a process id and a start time.
  void Kill(int index, bool reap) {
    CHECK(shared_->workers[index].held_bytes > 0);
    CHECK_EQ(kill(processes_[index], SIGKILL), 0);
    siginfo_t ended;
    CHECK_EQ(waitid(P_PID, static_cast<id_t>(processes_[index]), &ended, WEXITED | (reap ? 0 : WNOWAIT)), 0);
    CHECK(ended.si_code == CLD_KILLED && ended.si_status == SIGKILL);
    printf("worker %d is killed%s\n", index, reap ? " and reaped" : "");
    alive_[index] = false;
  }

  void CheckNothingFailed() const {
    for (const WorkerState& worker : shared_->workers) CHECK_EQ(worker.failed.load(), 0);
    for (int index = 0; index < kWorkers; ++index)
      if (alive_[index]) CHECK_EQ(kill(processes_[index], 0), 0);
  }

 private:
  pid_t Fork(int index) {
    const pid_t process = fork();
    CHECK(process >= 0);
    if (process == 0) RunWorker(shared_, index);
    return process;
  }

  // As uvicorn, whose workers are programs of their own.
  pid_t Spawn(int index) {
    char worker[16], file[16];
    snprintf(worker, sizeof worker, "%d", index);
    snprintf(file, sizeof file, "%d", file_);
    char name[] = "cohort_workers", role[] = "worker";
    char* const arguments[] = {name, role, worker, file, nullptr};
    pid_t process;
    CHECK_EQ(posix_spawn(&process, "/proc/self/exe", nullptr, nullptr, arguments, environ), 0);
    return process;
  }

  uint64_t AnonymousBytes(int index) const {
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/status", processes_[index]);
    return static_cast<uint64_t>(ProcNumber(path, "RssAnon:")) * 1024;
  }

  void ShowWorkers() const {
    for (int index = 0; index < kWorkers; ++index) {
      const WorkerState& worker = shared_->workers[index];
      const auto show = [](const char* what, uint64_t number) {
        printf(" %llu %s", static_cast<unsigned long long>(number), what);
      };
      if (!alive_[index]) continue;
      printf("  worker %d:", index);
      show("MB of work,", worker.held_bytes / kMiB);
      show("MB anonymous;", AnonymousBytes(index) / kMiB);
      show("admitted,", worker.admitted);
      show("deferred,", worker.deferred);
      show("rejected,", worker.rejected);
      show("failed\n", worker.failed);
    }
    fflush(stdout);
  }

  template <typename Condition>
  void WaitFor(const char* what, int index, Condition holds) const {
    const uint64_t begin = NowNanoseconds();
    bool good = holds();
    while (!good && NowNanoseconds() - begin < deadline_ns_) {
      usleep(10000);
      good = holds();
    }
    printf("worker %d waited %.2f s %s\n", index, static_cast<double>(NowNanoseconds() - begin) / 1e9, what);
    if (!good) ShowWorkers();
    CHECK(good);
  }

  const bool exec_;
  const uint64_t deadline_ns_;
  const int file_;
  Shared* shared_;
  pid_t processes_[kWorkers] = {};
  bool alive_[kWorkers] = {};
};

void RunPlan(Cohort& cohort) {
  for (int index = 0; index < kWorkers; ++index) cohort.Start(index);
  for (const int index : {0, 1, 2, 3}) cohort.MoveTo(index);
  cohort.Kill(3, /*reap=*/false);
  cohort.MoveTo(0);
  cohort.Kill(0, /*reap=*/true);
  cohort.MoveTo(1);
  cohort.Start(0);
  cohort.MoveTo(0);
  cohort.CheckNothingFailed();
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 4 && strcmp(arguments[1], "worker") == 0)
    RunWorker(MapShared(atoi(arguments[3])), atoi(arguments[2]));
  CHECK_EQ(count, 3);
  const bool exec = strcmp(arguments[1], "exec") == 0;
  CHECK(exec || strcmp(arguments[1], "fork") == 0);
  Watchdog(200);
  if (!exec) UseHeapInAThread();
  Cohort cohort(exec, strtod(arguments[2], nullptr));
  RunPlan(cohort);
}
