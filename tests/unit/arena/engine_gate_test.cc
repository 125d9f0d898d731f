// The engine at the gate: what is fresh is asked for, what is used again is not.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include "governor/budget/gate.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/page_heap.h"
#include "unit/budget/budget_fixture.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr size_t kBuffer = size_t{200} << 10;

// An engine control over nothing: what is charged is the process's own.
FakeEngine control;

void Start() {
  InstallBudget(control);
  ArenaEngine::Start();
  gate::state.big_ceiling = gate::kFirstCeiling;
  gate::state.small_ceiling = gate::kFirstCeiling;
}

std::vector<void*> TakeBuffers(uint64_t most_bytes) {
  std::vector<void*> buffers;
  buffers.reserve(most_bytes / kBuffer);
  while ((buffers.size() + 1) * kBuffer <= most_bytes) {
    void* buffer = ArenaEngine::Allocate(kBuffer);
    if (buffer == nullptr) break;
    std::memset(buffer, 1, kBuffer);
    buffers.push_back(buffer);
  }
  return buffers;
}

TEST(EngineGateTest, BuffersFailAtTheBudgetAndPagesInHandAreNotAskedFor) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer's shadow of the memory is charged too";
#endif
  const ChildEnd end = RunInChild([] {
    Start();
    SetBudgetAbove(32 * kMega, 40 * kMega);
    std::vector<void*> buffers = TakeBuffers(200 * kMega);
    EXPECT_GT(buffers.size() * kBuffer, 30 * kMega);
    EXPECT_LT(buffers.size() * kBuffer, 42 * kMega);
    EXPECT_GT(budget::ReadCounters().refused, 0u);
    EXPECT_EQ(ArenaEngine::Allocate(64 * kMega), nullptr);  // a mapping of its own, too
    const uint64_t fresh = gate::state.fresh;
    for (void* buffer : buffers) ArenaEngine::Free(buffer);
    std::vector<void*> again = TakeBuffers(30 * kMega);
    EXPECT_GE((again.size() + 1) * kBuffer, 30 * kMega);
    EXPECT_EQ(gate::state.fresh, fresh);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EngineGateTest, SmallBlocksPassWhereNoContainerEnds) {
  const ChildEnd end = RunInChild([] {
    Start();
    SetBudgetAbove(8 * kMega, 16 * kMega);
    for (int count = 0; count < 40 << 10; ++count) {
      void* block = ArenaEngine::Allocate(1000);
      if (block == nullptr) FAIL() << count;
      std::memset(block, 1, 1000);
    }
    EXPECT_EQ(ArenaEngine::Allocate(kBuffer), nullptr);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// A gate that another thread opens between the refusal and the question is no lack of memory.
TEST(EngineGateTest, NobodyIsRefusedFarFromALimit) {
  const ChildEnd end = RunInChild([] {
    Start();
    SetBudgetAbove(uint64_t{1} << 34, uint64_t{1} << 35);
    std::atomic<bool> stop{false};
    std::thread narrower([&] {
      while (!stop) budget::NarrowGate();
    });
    std::vector<std::thread> threads;
    for (int index = 0; index < 4; ++index) {
      threads.emplace_back([] {
        threads::Adopt(nullptr);
        for (int round = 0; round < 300; ++round) {
          // Larger than a chunk shares: fresh each time.
          void* block = ArenaEngine::Allocate(40 * kMega);
          if (block == nullptr) FAIL() << round;
          ArenaEngine::Free(block);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    stop = true;
    narrower.join();
    EXPECT_EQ(budget::ReadCounters().refused, 0u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EngineGateTest, AFailedMappingIsNotCounted) {
  const ChildEnd end = RunInChild([] {
    Start();
    SetBudgetAbove(uint64_t{1} << 50, uint64_t{1} << 50);
    const uint64_t fresh = gate::state.fresh;
    EXPECT_EQ(ArenaEngine::Allocate(size_t{1} << 46), nullptr);
    EXPECT_EQ(gate::state.fresh, fresh);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(EngineGateTest, GrowthInPlaceAsksToo) {
  const ChildEnd end = RunInChild([] {
    Start();
    SetBudgetAbove(32 * kMega, 40 * kMega);
    void* buffer = ArenaEngine::Allocate(kMega);
    ASSERT_NE(buffer, nullptr);
    std::memset(buffer, 7, kMega);
    for (const size_t mega : {8, 64, 256}) {
      void* grown = ArenaEngine::Resize(buffer, mega * kMega);
      EXPECT_EQ(grown != nullptr, mega == 8) << mega;
      if (grown != nullptr) buffer = grown;
    }
    EXPECT_EQ(static_cast<char*>(buffer)[kMega - 1], 7);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov::arena
