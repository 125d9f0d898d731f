// fake_engine.h: an engine that counts what the governor asks of it, and can hold real memory.
//
// Safety: any thread.
#ifndef MEMGOV_TESTS_UNIT_FAKE_ENGINE_H_
#define MEMGOV_TESTS_UNIT_FAKE_ENGINE_H_

#include <atomic>
#include <functional>

#include "governor/base/engine_control.h"

namespace memgov {

class FakeEngine final : public EngineControl {
 public:
  const char* Name() const override { return "fake"; }
  bool HonoursGlibcVariables() const override { return honours_glibc_variables; }
  uint64_t HeldBytes() override { return held_bytes.load(); }
  uint64_t ReleasableBytes() override { return releasable_bytes.load(); }
  bool GivesBackInSlices() const override { return true; }
  bool ReleaseStopsTraffic() const override { return release_stops_traffic; }
  uint64_t GiveBack(uint64_t most_bytes) override {
    asked_bytes = most_bytes;
    if (on_give_back) on_give_back();
    give_backs.fetch_add(1);
    return stall_ns.load();
  }
  bool PoolBytes(uint32_t pool, EnginePoolBytes* bytes) override {
    if (pool != own_pool) return false;
    *bytes = own_bytes;
    return true;
  }
  EngineTick Tick(uint64_t now_ns) override {
    if (on_tick) on_tick();
    ticked_ns = now_ns;
    ticks.fetch_add(1);
    return next_tick;
  }

  // Set before threads use the engine.
  std::function<void()> on_give_back;
  std::function<void()> on_tick;
  EngineTick next_tick;  // what a tick says it did
  bool honours_glibc_variables = true;
  bool release_stops_traffic = false;
  uint32_t own_pool = UINT32_MAX;  // has shards of its own
  EnginePoolBytes own_bytes;

  std::atomic<uint64_t> held_bytes{0};
  std::atomic<uint64_t> releasable_bytes{0};
  std::atomic<uint64_t> stall_ns{0};  // what it says a pass made others wait
  std::atomic<int> give_backs{0};
  std::atomic<uint64_t> asked_bytes{0};  // of the last one
  std::atomic<int> ticks{0};
  std::atomic<uint64_t> ticked_ns{0};
};

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_FAKE_ENGINE_H_
