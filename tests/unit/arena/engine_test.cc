// The arena engine as a whole against a model, with random operations. One engine per process: each case has
// a child.
#include <gtest/gtest.h>

#include <functional>

#include "governor/config/options.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "random.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/slots.h"
#include "unit/arena/engine_model.h"
#include "unit/arena/pattern.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr int kOperations = kSanitized ? 100000 : 1500000;
constexpr uint64_t kTickNs = 50000000;

// What a gateway asks for: nearly all below 1 KiB, buffers of some ten KiB, now and then a body of megabytes.
size_t RealisticSize(Random& random) {
  const uint64_t kind = random.Below(1000);
  if (kind < 850) return random.Size(10);
  if (kind < 985) return random.Size(15);
  if (kind < 999) return random.Size(18);
  return random.Size(22);
}

class Steps {
 public:
  explicit Steps(uint64_t seed) : random_(seed), model_(seed) {}

  void Run(int count, uint64_t most_bytes) {
    for (int step = 0; step < count && !testing::Test::HasFailure(); ++step) {
      const bool full = model_.usable_bytes() > most_bytes || random_.Below(1000) < 20;
      random_.Below(100) < (full ? 70U : 48U) ? Free() : Allocate();
      if (random_.Below(16) == 0) Resize();
      if (step % 512 == 0) Govern();
      if (step % 256 == 0) model_.CheckFigures();
      if (step % 32768 == 0) Verify();
    }
    model_.CheckContent();
    Verify();
  }

  // Nothing is live, and everything goes back to the kernel.
  void Finish() {
    model_.FreeAll();
    model_.CheckFigures();
    EngineFigures figures;
    ArenaEngine::Describe(&figures);
    EXPECT_EQ(figures.live_bytes, 0U);
    {
      FutexLockHolder hold(releaser::Lock());
      ArenaEngine::GiveBack(UINT64_MAX);
    }
    EXPECT_EQ(ArenaEngine::HeldBytes(), 0U);
    EXPECT_EQ(ArenaEngine::ReleasableBytes(), 0U);
    ArenaEngine::Describe(&figures);
    EXPECT_EQ(figures.bad_frees, 0U);
    EXPECT_EQ(figures.foreign_frees, 0U);
    Verify();
  }

 private:
  static void Verify() {
    const char* wrong = ArenaEngine::Verify();
    EXPECT_EQ(wrong, nullptr) << wrong;
  }

  void Allocate() {
    const size_t size = RealisticSize(random_);
    switch (random_.Below(16)) {
      case 0:
      case 1:
        return model_.AllocateZeroed(size);
      case 2:
        return model_.AllocateAligned(size_t{16} << random_.Below(12), size, random_.Below(2) == 0);
      case 3:
        if (random_.Below(64) == 0) return model_.AllocateSample(16, size, random_.Below(2) == 0);
        [[fallthrough]];
      default:
        return model_.Allocate(size);
    }
  }

  void Free() {
    if (model_.count() != 0) model_.Free(random_.Below(model_.count()));
  }

  void Resize() {
    if (model_.count() == 0) return;
    const size_t place = random_.Below(model_.count());
    const size_t now = model_.block(place).size;
    model_.Resize(place, random_.Below(2) == 0 ? now + now / 8 + 1 : RealisticSize(random_) + 1);
  }

  // What the governor's thread does.
  void Govern() {
    FutexLockHolder hold(releaser::Lock());
    now_ns_ += random_.Below(2 * kTickNs);
    switch (random_.Below(8)) {
      case 0:
        ArenaEngine::GiveBack(random_.Below(2) == 0 ? UINT64_MAX : random_.Below(4 << 20));
        break;
      case 1:
        slots::Drain(random_.Below(2) == 0);
        break;
      default:
        EXPECT_GE(ArenaEngine::Tick(now_ns_).sleep_ns, 1000000U);
    }
  }

  Random random_;
  EngineModel model_;
  uint64_t now_ns_ = 1000000000;
};

void InChild(const std::function<void()>& body) {
  const ChildEnd end = RunInChild(body);
  EXPECT_EQ(end.status, 0) << end.error_text;
}

class EngineTest : public testing::TestWithParam<const char*> {
 protected:
  // With a record, as threads of a preloaded program have: the counting fast path needs one.
  static void Start() {
    static ThreadRecord record;
    record.sample_left = record.sample_interval = UINT64_MAX / 2;
    threads::current = &record;
    ASSERT_TRUE(options::Set(Option::kSlots, GetParam()));
    ArenaEngine::Start();
  }
};
INSTANTIATE_TEST_SUITE_P(Slots, EngineTest, testing::Values("auto", "portable", "off"),
                         [](const auto& slots) { return std::string(slots.param); });

TEST_P(EngineTest, RandomOperations) {
  InChild([] {
    Start();
    Steps steps(1);
    steps.Run(kOperations, 24 << 20);
    steps.Finish();
  });
}

TEST_P(EngineTest, GrowsAndShrinksAgainAndAgain) {
  InChild([] {
    Start();
    for (uint64_t round = 1; round <= 20; ++round) {
      Steps steps(round);
      steps.Run(kOperations / 200, round % 2 == 0 ? 1 << 20 : 64 << 20);
      steps.Finish();
    }
  });
}

}  // namespace
}  // namespace memgov::arena
