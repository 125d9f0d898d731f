// Pools with shards of their own: whose blocks are where, to the byte. Each case has a child.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "governor/config/options.h"
#include "governor/pools/pool_table.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "random.h"
#include "shim/arena/arena_engine.h"
#include "shim/arena/groups.h"
#include "shim/arena/slots.h"
#include "unit/arena/engine_model.h"
#include "unit/arena/pattern.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

constexpr int kOperations = kSanitized ? 20000 : 200000;

void InChild(const std::function<void()>& body) {
  const ChildEnd end = RunInChild([&] {
    options::Set(Option::kArenaMax, "16");
    ArenaEngine::Start();
    body();
    const char* wrong = ArenaEngine::Verify();
    EXPECT_EQ(wrong, nullptr) << wrong;
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// This thread, as one of the pool's.
class Thread {
 public:
  Thread() {
    record_.sample_left = record_.sample_interval = UINT64_MAX / 2;
    threads::current = &record_;
  }
  void Enter(PoolId pool) {
    record_.current_pool = pool;
    ArenaEngine::OwnerTick();
  }
  const ThreadRecord& record() const { return record_; }

 private:
  ThreadRecord record_;
};

EnginePoolBytes BytesOf(PoolId pool) {
  EnginePoolBytes bytes;
  EXPECT_TRUE(ArenaEngine::PoolBytes(pool, &bytes));
  return bytes;
}

TEST(EnginePoolsTest, APoolWithoutShardsOfItsOwnHasNoExactFigures) {
  InChild([] {
    Thread thread;
    const PoolId pool = pools::Intern("shared");
    thread.Enter(pool);
    EnginePoolBytes bytes;
    EXPECT_FALSE(ArenaEngine::PoolBytes(pool, &bytes));
    EXPECT_FALSE(ArenaEngine::CountsExactly(thread.record()));
  });
}

TEST(EnginePoolsTest, ANamedPoolHasThemAtOnce) {
  InChild([] {
    Thread thread;
    const PoolId pool = pools::Intern("json");
    thread.Enter(pool);
    ArenaEngine::OwnerNamedPool(pool);
    EXPECT_TRUE(ArenaEngine::CountsExactly(thread.record()));
    void* block = ArenaEngine::Allocate(1000);
    EXPECT_EQ(BytesOf(pool).live_bytes, ArenaEngine::UsableSize(block));
    EXPECT_GE(BytesOf(pool).held_bytes, 1000U);
    ArenaEngine::Free(block);
    EXPECT_EQ(BytesOf(pool).live_bytes, 0U);
  });
}

// A pool that holds over 16 MB gets shards at a tick.
TEST(EnginePoolsTest, ALargePoolGetsThemAtATick) {
  InChild([] {
    Thread thread;
    const PoolId large = pools::Intern("large");
    const PoolId small = pools::Intern("small");
    pools::Get(large).live_bytes = (16 << 20) + 1;
    pools::Get(small).live_bytes = 16 << 20;
    FutexLockHolder hold(releaser::Lock());
    ArenaEngine::Tick(1000000000);
    EXPECT_NE(groups::GroupOf(large), groups::kShared);
    EXPECT_EQ(groups::GroupOf(small), groups::kShared);
  });
}

// Three pools take turns on one thread; each block counts for the pool that it came from, whoever frees it.
TEST(EnginePoolsTest, LiveBytesAreExactWhoeverFrees) {
  InChild([] {
    Thread thread;
    Random random(3);
    constexpr int kPools = 3;
    PoolId pool[kPools];
    std::vector<EngineModel> models;
    for (int index = 0; index < kPools; ++index) {
      pool[index] = pools::Intern(std::string(1, static_cast<char>('a' + index)).c_str());
      ArenaEngine::OwnerNamedPool(pool[index]);
      models.emplace_back(static_cast<uint64_t>(index) + 1);
    }
    for (int step = 0; step < kOperations && !testing::Test::HasFailure(); ++step) {
      const size_t owner = random.Below(kPools);
      if (step % 16 == 0) thread.Enter(pool[random.Below(kPools)]);
      EngineModel& model = models[owner];
      if (model.count() != 0 && random.Below(100) < (model.count() > 2000 ? 60U : 48U)) {
        model.Free(random.Below(model.count()));
      } else {
        thread.Enter(pool[owner]);
        model.Allocate(random.Size(17));
      }
      if (step % 1024 != 0) continue;
      for (size_t index = 0; index < kPools; ++index) {
        const EnginePoolBytes bytes = BytesOf(pool[index]);
        EXPECT_EQ(bytes.live_bytes, models[index].usable_bytes());
        EXPECT_GE(bytes.held_bytes, bytes.live_bytes);
      }
    }
    for (EngineModel& model : models) model.FreeAll();
    for (const PoolId each : pool) EXPECT_EQ(BytesOf(each).live_bytes, 0U);
    slots::Drain(false);
    for (const PoolId each : pool) EXPECT_EQ(BytesOf(each).held_bytes, 0U);
  });
}

}  // namespace
}  // namespace memgov::arena
