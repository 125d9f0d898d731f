// Everything at once: give-back, ticks every millisecond, drains, forks, threads that come and go, pools that
// get shards of their own, growing and shrinking, large blocks and zeroed ones. Parent and child hold
// together after each fork. Arguments: forks, rseq or portable.
#include <sys/wait.h>

#include <vector>

#include "arena/owned_block.h"
#include "arena/patterned_block.h"
#include "shim/arena/page_heap.h"

using namespace engine_under_test;  // NOLINT: this program is about nothing else

namespace {

constexpr int kSmallWorkers = 3;
constexpr int kLargeWorkers = 2;
constexpr int kParentVerifiesEvery = 8;

SharedBlocks shared_blocks;
std::atomic<bool> done{false};
std::atomic<uint64_t> next_seed{1};
std::atomic<uint64_t> ticks{0};
std::atomic<uint64_t> threads_ended{0};

void ChurnSmall() {
  Churn churn(next_seed++, shared_blocks);
  while (!done) churn.Step();
}

// Of all sizes, 40 MiB now and then: those beyond 32 MiB have mappings of their own.
size_t AnySize(Random& random) {
  if (random.Below(200) == 0) return (size_t{30} << 20) + random.Below(size_t{10} << 20);
  return 1 + random.Size(random.Below(10) == 0 ? 22 : 17);
}

void StepPatterned(Random& random, PatternedBlock& block) {
  if (!block.exists()) {
    CHECK(block.New(random, AnySize(random)));
  } else if (random.Below(3) == 0) {
    CHECK(block.Resize(AnySize(random)));
  } else {
    block.Delete();
  }
}

void ChurnPatterned(int steps_at_least, const std::atomic<bool>& stop) {
  PatternedBlock blocks[24];
  Random random(next_seed++);
  for (int step = 0; step < steps_at_least || !stop; ++step) {
    StepPatterned(random, blocks[random.Below(std::size(blocks))]);
  }
  for (PatternedBlock& block : blocks) block.Delete();
}

void StartThreadsInLoop() {
  const std::atomic<bool> at_once{true};
  while (!done) {
    const uint64_t number = ++threads_ended;
    StartThread([number, &at_once] {
      if (number % 3 == 0) UsePool(number % 2 == 0 ? "one" : "two");
      Churn churn(next_seed++, shared_blocks);
      for (int step = 0; step < 2000; ++step) churn.Step();
      ChurnPatterned(50, at_once);
    }).join();
  }
}

void TickInLoop() {
  while (!done) {
    {
      FutexLockHolder hold(memgov::releaser::Lock());
      ArenaEngine::Tick(memgov::os::NowNanoseconds());
    }
    ++ticks;
    memgov::os::SleepNanoseconds(1000000);
  }
}

void ReleaseInLoop() {
  Random random(7);
  while (!done) {
    if (random.Below(4) == 0) {
      GiveBackAll();
    } else {
      DrainSlots();
    }
    memgov::os::SleepNanoseconds(random.Below(2000000));
  }
}

// What the others had in their hands is lost to the child; nothing else is.
[[noreturn]] void Child(uint64_t seed) {
  Watchdog(60);
  CheckSlotsWork();
  CheckVerified("in the child");
  {
    Churn churn(seed, shared_blocks);
    for (int step = 0; step < 500; ++step) churn.Step();
    const std::atomic<bool> at_once{true};
    ChurnPatterned(30, at_once);
  }
  shared_blocks.Clear();
  if (seed % 4 == 0) GiveBackAll();
  CheckVerified("in the child, later");
  CHECK_EQ(Describe().bad_frees, 0);
  _exit(0);
}

void ForkOnce(uint64_t round) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) Child(round);
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK_EQ(status, 0);
  if (round % kParentVerifiesEvery == 0) CheckVerified("in the parent");
}

}  // namespace

int main(int count, char** arguments) {
  const uint64_t rounds = Argument(count, arguments, 1, 300);
  Watchdog(static_cast<unsigned>(120 + rounds / 2));
  Start(WayArgument(count, arguments, 2));
  std::vector<std::thread> threads;
  for (int index = 0; index < kSmallWorkers; ++index) threads.push_back(StartThread(ChurnSmall));
  for (int index = 0; index < kLargeWorkers; ++index)
    threads.push_back(StartThread([] { ChurnPatterned(0, done); }));
  for (void (*body)() : {StartThreadsInLoop, TickInLoop, ReleaseInLoop}) threads.push_back(StartThread(body));
  for (uint64_t round = 1; round <= rounds; ++round) ForkOnce(round);
  done = true;
  for (std::thread& thread : threads) thread.join();
  shared_blocks.Clear();
  const uint64_t given_back_bytes = memgov::arena::pages::Read().given_back_bytes;
  printf("%lu forks, %lu ticks, %lu threads, %lu MiB given back\n", rounds, ticks.load(),
         threads_ended.load(), given_back_bytes >> 20);
  CheckSlotsWork();
  CheckNothingLive();
  CHECK(ticks > 0 && threads_ended > 0 && given_back_bytes > 0);
}
