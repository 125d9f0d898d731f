// No block is ever handed out twice: eight threads allocate and free blocks of few classes, each block with
// an entry in a table of owners, while slots are drained, threads are moved between CPUs, SIGPROF strikes
// each of them 5,000 times a second, and vfork children allocate and free on their parent's thread area.
// Arguments: millions of operations, rseq or portable.
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include <vector>

#include "arena/owned_block.h"

using namespace engine_under_test;  // NOLINT: this program is about nothing else

namespace {

constexpr int kWorkers = 8;
constexpr uint64_t kStepsAtOnce = 10000;
constexpr long kSignalPeriodNs = 200000;

SharedBlocks shared_blocks;
std::atomic<int64_t> steps_left;
std::atomic<bool> done{false};
std::atomic<pid_t> worker_ids[kWorkers];
std::atomic<uint64_t> signals{0};
uint64_t drains = 0;
uint64_t most_cached = 0;
uint64_t moves = 0;
uint64_t vforks = 0;

void OnSignal(int) { signals.fetch_add(1, std::memory_order_relaxed); }

// For the calling thread alone.
class SignalTimer {
 public:
  SignalTimer() {
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGPROF;
    event._sigev_un._tid = memgov::os::ThreadId();
    CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer_), 0);
    const itimerspec period{{0, kSignalPeriodNs}, {0, kSignalPeriodNs}};
    CHECK_EQ(timer_settime(timer_, 0, &period, nullptr), 0);
  }
  ~SignalTimer() { timer_delete(timer_); }
  SignalTimer(const SignalTimer&) = delete;
  SignalTimer& operator=(const SignalTimer&) = delete;

 private:
  timer_t timer_;
};

void Work(int index) {
  worker_ids[index] = memgov::os::ThreadId();
  if (index % 2 == 1) UsePool(index % 4 == 1 ? "one" : "two");
  const SignalTimer timer;
  Churn churn(static_cast<uint64_t>(index) + 1, shared_blocks);
  while (steps_left.fetch_sub(kStepsAtOnce, std::memory_order_relaxed) > 0) {
    for (uint64_t step = 0; step < kStepsAtOnce; ++step) churn.Step();
  }
  worker_ids[index] = 0;
}

void DrainInLoop() {
  Random random(100);
  while (!done) {
    const uint64_t cached = DrainSlots();
    if (cached > most_cached) most_cached = cached;
    ++drains;
    memgov::os::SleepNanoseconds(random.Below(300000));
  }
}

std::vector<int> AllowedCpus() {
  cpu_set_t allowed;
  std::vector<int> cpus;
  CHECK_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  return cpus;
}

// To one CPU, to another, or to both.
void MoveInLoop() {
  const std::vector<int> cpus = AllowedCpus();
  Random random(200);
  while (!done) {
    const uint64_t which = 1 + random.Below(3);
    cpu_set_t set;
    CPU_ZERO(&set);
    if ((which & 1) != 0) CPU_SET(cpus.front(), &set);
    if ((which & 2) != 0) CPU_SET(cpus.back(), &set);
    const pid_t worker = worker_ids[random.Below(kWorkers)];
    if (worker != 0 && sched_setaffinity(worker, sizeof set, &set) == 0) ++moves;
    memgov::os::SleepNanoseconds(200000);
  }
}

// Where the process ends because of a failed check, its child would wait for a dead thread's locks.
[[noreturn]] void VforkChild(uint64_t seed) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  {
    Churn churn(seed, shared_blocks);
    for (int step = 0; step < 1000; ++step) churn.Step();
  }
  _exit(0);
}

[[gnu::noinline]] void VforkOnce(uint64_t seed) {
  BeforeVfork();
  const pid_t child = vfork();
  if (child == 0) VforkChild(seed);
  int status = 0;
  CHECK(child > 0);
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
}

#if defined(__SANITIZE_THREAD__)
constexpr bool kVforkIsVfork = false;  // ThreadSanitizer makes it a fork, and the table is not shared then
#else
constexpr bool kVforkIsVfork = true;
#endif

void VforkInLoop() {
  Churn churn(300, shared_blocks);
  while (!done) {
    for (int step = 0; step < 1000; ++step) churn.Step();
    if (!kVforkIsVfork) continue;
    VforkOnce(1000 + vforks);
    ++vforks;
  }
}

void RunAll() {
  std::vector<std::thread> workers;
  std::vector<std::thread> others;
  for (int index = 0; index < kWorkers; ++index) workers.push_back(StartThread([index] { Work(index); }));
  for (void (*body)() : {DrainInLoop, MoveInLoop, VforkInLoop}) others.push_back(StartThread(body));
  for (std::thread& worker : workers) worker.join();
  done = true;
  for (std::thread& other : others) other.join();
}

}  // namespace

int main(int count, char** arguments) {
  const uint64_t millions = Argument(count, arguments, 1, 30);
  Watchdog(static_cast<unsigned>(120 + millions * 10));
  steps_left = static_cast<int64_t>(millions * 1000000);
  Start(WayArgument(count, arguments, 2));
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  CHECK_EQ(sigaction(SIGPROF, &action, nullptr), 0);
  RunAll();
  shared_blocks.Clear();
  printf("%lu million operations, %lu drains (at most %lu bytes), %lu moves, %lu signals, %lu vforks\n",
         millions, drains, most_cached, moves, signals.load(), vforks);
  CheckNothingLive();
  CHECK(drains > 0 && most_cached > 0 && moves > 0 && signals > 0);
  CHECK(vforks > 0 || !kVforkIsVfork);
}
