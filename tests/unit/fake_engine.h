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
  uint64_t ReleasableBytes() override { return 0; }
  uint64_t GiveBack(uint64_t) override {
    if (on_give_back) on_give_back();
    give_backs.fetch_add(1);
    return stall_ns.load();
  }

  // Set before threads use the engine.
  std::function<void()> on_give_back;
  bool honours_glibc_variables = true;

  std::atomic<uint64_t> held_bytes{0};
  std::atomic<uint64_t> stall_ns{0};  // what it says a pass made others wait
  std::atomic<int> give_backs{0};
};

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_FAKE_ENGINE_H_
