// The nth of the engine's system calls fails, for each kind of call, for every n until one run sees no
// failure, alone and with all that follow. Nothing crashes: an allocation that cannot be made is nullptr,
// what was allocated stays whole, the books agree, and once the system is well again everything works.
// Arguments: the largest step of n (1: every n), rseq or portable.
#include <sys/wait.h>

#include <vector>

#include "arena/patterned_block.h"

using namespace engine_under_test;  // NOLINT: this program is about nothing else

namespace {

using memgov::os::Call;

constexpr int kThreads = 3;
constexpr int kSteps = 200;
constexpr int kFaultSeen = 3;  // exit status: it held together, and a call had failed

std::atomic<uint64_t> refusals{0};

struct Fault {
  Call call;
  uint32_t nth;
  bool onward;
};

// Slabs, pages of chunks, mappings of their own.
size_t AnySize(Random& random) {
  const uint64_t kind = random.Below(80);
  return kind == 0 ? (size_t{33} << 20) + random.Below(1 << 20) : 1 + random.Size(kind < 24 ? 19 : 13);
}

void Step(Random& random, PatternedBlock& block) {
  if (!block.exists()) {
    if (!block.New(random, AnySize(random))) ++refusals;
  } else if (random.Below(3) == 0) {
    if (!block.Resize(AnySize(random))) ++refusals;
  } else {
    block.Delete();
  }
}

void Work(uint64_t seed) {
  Random random(seed);
  PatternedBlock blocks[24];
  for (int step = 1; step <= kSteps; ++step) {
    Step(random, blocks[random.Below(std::size(blocks))]);
    if (step % 50 == 0) GiveBackAll();
    if (step % 40 == 0) DrainSlots();
  }
  for (PatternedBlock& block : blocks) block.Delete();
}

void WorkInThreads() {
  std::vector<std::thread> threads;
  for (uint64_t seed = 1; seed <= kThreads; ++seed) threads.push_back(StartThread([seed] { Work(seed); }));
  for (std::thread& thread : threads) thread.join();
}

// Asks the seam itself: a fault that has not fired yet fires within as many more calls.
bool HasFired(const Fault& fault) {
  if (fault.onward) return memgov::os::FaultFires(fault.call);
  for (uint32_t count = 0; count < fault.nth; ++count) {
    if (memgov::os::FaultFires(fault.call)) return false;
  }
  return true;
}

void CheckWorksAgain() {
  const uint64_t before = refusals;
  WorkInThreads();
  CHECK_EQ(refusals.load(), before);
  CheckNothingLive();
}

[[noreturn]] void Child(const Fault& fault, bool threaded, const std::string& way) {
  Watchdog(60);
  AdoptThread();
  memgov::os::FailNth(fault.call, fault.nth, fault.onward);
  StartIfPossible(way);
  if (threaded) {
    WorkInThreads();
  } else {
    Work(1);
  }
  CheckVerified("while it fails");
  if (fault.call == Call::kMmap && fault.nth == 1 && fault.onward) CHECK(refusals > 0);
  const bool fired = HasFired(fault);
  memgov::os::FailNth(fault.call, 0, false);
  CheckWorksAgain();
  _exit(fired ? kFaultSeen : 0);
}

// Did the fault strike?
bool RunOnce(const Fault& fault, bool threaded, const std::string& way) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) Child(fault, threaded, way);
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  const bool held = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kFaultSeen);
  if (!held) {
    fprintf(stderr, "%s@%u%s, %s: status %#x\n", memgov::os::CallName(fault.call), fault.nth,
            fault.onward ? "+" : "", threaded ? "threads" : "one thread", static_cast<unsigned>(status));
  }
  CHECK(held);
  return WEXITSTATUS(status) == kFaultSeen;
}

// Skips the test where the engine cannot take that way at all.
void RequireWayInChild(const std::string& way) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    Start(way);
    _exit(0);
  }
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) _exit(77);
  CHECK_EQ(status, 0);
}

// Up to how many calls a run makes; the first few are never left out.
uint32_t RunAll(Call call, bool onward, bool threaded, uint32_t largest_step, const std::string& way) {
  uint32_t nth = 1;
  while (RunOnce({call, nth, onward}, threaded, way)) {
    CHECK(nth < 5000);
    nth += nth < 10 ? 1 : largest_step;
  }
  return nth;
}

}  // namespace

int main(int count, char** arguments) {
  const uint32_t largest_step = static_cast<uint32_t>(Argument(count, arguments, 1, 1));
  const std::string way = WayArgument(count, arguments, 2);
  Watchdog(3000);
  RequireWayInChild(way);
  for (const Call call : {Call::kMmap, Call::kMprotect, Call::kMadvise, Call::kMembarrier}) {
    for (const bool onward : {false, true}) {
      for (const bool threaded : {false, true}) {
        const uint32_t most = RunAll(call, onward, threaded, largest_step, way);
        printf("%s%s, %s: up to %u\n", memgov::os::CallName(call), onward ? " and onward" : "",
               threaded ? "threads" : "one thread", most);
        fflush(stdout);
        CHECK(most > 1 || (call == Call::kMembarrier && way != "rseq"));
      }
    }
  }
}
