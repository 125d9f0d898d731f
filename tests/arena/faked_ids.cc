// Slots by faked numbers: threads with numbers of their own all over 0 to 255, some that change between
// numbers of their own, some with none (-1), and, where slots are taken by an atomic exchange, several with
// the same. Slots are drained meanwhile. Arguments: millions of operations, rseq or portable.
#include <vector>

#include "arena/owned_block.h"
#include "shim/arena/groups.h"

using namespace engine_under_test;  // NOLINT: this program is about nothing else

namespace {

constexpr int kWorkers = 24;
constexpr uint64_t kStepsAtOnce = 2000;
constexpr uint32_t kNoNumber = UINT32_MAX;

// Where the engine looks for the number of the calling thread. Zero before a thread has chosen, which no
// worker's number is and which the main thread has.
__attribute__((tls_model("initial-exec"))) thread_local uint32_t faked_id = 0;

SharedBlocks shared_blocks;
std::atomic<int64_t> steps_left;
std::atomic<bool> done{false};
std::atomic<uint64_t> without_slot{0};
uint64_t drains = 0;
bool numbers_collide = false;

enum class Kind { kFixed, kChanging, kNone, kColliding };

// A thread's own numbers: `index` and every 32nd from there on, up to 255. Those that collide have 1 and 2,
// which two of the changing ones have now and then, too.
uint32_t NumberFor(Kind kind, int index, Random& random) {
  switch (kind) {
    case Kind::kFixed:
      return static_cast<uint32_t>(index);
    case Kind::kChanging:
      return static_cast<uint32_t>(index) + 32 * static_cast<uint32_t>(random.Below(8));
    case Kind::kNone:
      return kNoNumber;
    case Kind::kColliding:
      return 1 + static_cast<uint32_t>(random.Below(2));
  }
  return kNoNumber;
}

Kind KindOf(int index) {
  constexpr Kind kKinds[] = {Kind::kFixed, Kind::kChanging, Kind::kChanging, Kind::kColliding};
  const Kind kind = index % 8 == 7 ? Kind::kNone : kKinds[index % 4];
  return kind == Kind::kColliding && !numbers_collide ? Kind::kChanging : kind;
}

void Work(int index) {
  Random random(static_cast<uint64_t>(index) + 1);
  const Kind kind = KindOf(index);
  faked_id = NumberFor(kind, index, random);
  if (index % 3 == 0) UsePool("own");
  Churn churn(static_cast<uint64_t>(index) + 100, shared_blocks);
  while (steps_left.fetch_sub(kStepsAtOnce, std::memory_order_relaxed) > 0) {
    for (uint64_t step = 0; step < kStepsAtOnce; ++step) churn.Step();
    faked_id = NumberFor(kind, index, random);
    if (slots::Current(memgov::arena::groups::kShared) == nullptr) ++without_slot;
  }
}

void DrainInLoop() {
  faked_id = kNoNumber;
  while (!done) {
    DrainSlots();
    ++drains;
    memgov::os::SleepNanoseconds(300000);
  }
}

uint64_t SlotsMade() { return slots::SlotMetadataBytes() / sizeof(slots::Slot); }

}  // namespace

int main(int count, char** arguments) {
  const uint64_t millions = Argument(count, arguments, 1, 20);
  const std::string way = WayArgument(count, arguments, 2);
  Watchdog(static_cast<unsigned>(120 + millions * 10));
  steps_left = static_cast<int64_t>(millions * 1000000);
  numbers_collide = way == "portable";
  Start(way);
  slots::UseIdsAt(reinterpret_cast<char*>(&faked_id) - static_cast<char*>(__builtin_thread_pointer()));
  std::vector<std::thread> workers;
  for (int index = 1; index <= kWorkers; ++index) workers.push_back(StartThread([index] { Work(index); }));
  std::thread drainer = StartThread(DrainInLoop);
  for (std::thread& worker : workers) worker.join();
  done = true;
  drainer.join();
  shared_blocks.Clear();
  printf("%lu million operations, %lu drains, %lu slots\n", millions, drains, SlotsMade());
  CheckNothingLive();
  // Two groups; the changing numbers alone make dozens.
  CHECK(drains > 0 && without_slot > 0 && SlotsMade() > 50);
}
