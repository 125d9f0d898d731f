#include "shim/startup.h"

#include <string.h>

#include "governor/base/message.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/config/options.h"
#include "governor/runtime/governor.h"
#include "governor/runtime/governor_thread.h"
#include "shim/bystander.h"
#include "shim/engine_choice.h"
#include "shim/next_symbol.h"
#include "shim/quiesce.h"
#include "shim/thread_hooks.h"

namespace memgov {
namespace {

constexpr int kStrictExit = 2;

class ChosenControl final : public EngineControl {
 public:
  constexpr ChosenControl() = default;
  const char* Name() const override { return ChosenEngine::kName; }
  uint64_t HeldBytes() override {
    return Guarded([] { return ChosenEngine::HeldBytes(); });
  }
  uint64_t GiveBack(uint64_t most_bytes) override { return ChosenEngine::GiveBack(most_bytes); }
  bool GivesBackInSlices() const override { return KeepsBooks<ChosenEngine>; }
  uint64_t GiveBackUntil(uint64_t deadline_ns) override { return ChosenExtras::GiveBackUntil(deadline_ns); }
  bool ReleaseStopsTraffic() const override { return ChosenExtras::ReleaseStopsTraffic(); }
  bool HasDemandWindow() const override { return ChosenExtras::HasDemandWindow(); }
  EngineTick Tick(uint64_t now_ns) override { return ChosenExtras::Tick(now_ns); }
  bool Describe(EngineFigures* figures) override { return ChosenExtras::Describe(figures); }
  bool DescribeClass(uint32_t index, EngineClass* size_class) override {
    return ChosenExtras::DescribeClass(index, size_class);
  }
  bool PoolBytes(uint32_t pool, EnginePoolBytes* bytes) override {
    return ChosenExtras::PoolBytes(static_cast<PoolId>(pool), bytes);
  }
  bool HonoursGlibcVariables() const override { return ChosenEngine::kHonoursGlibcVariables; }
  uint64_t ReleasableBytes() override {
    return Guarded([] { return ChosenEngine::ReleasableBytes(); });
  }

 private:
  template <typename F>
  static uint64_t Guarded(F&& function) {
    ThreadRecord* record = threads::current != nullptr ? threads::current : RegisterThisThread();
    if (record == nullptr) return function();
    const surface::Guard guard(*record);
    return function();
  }
};
constinit ChosenControl control;

// MEMGOV_ENGINE cannot change what was compiled in; it can say which file has it.
bool IsEngineAskedFor() {
  const int64_t asked = options::Get(Option::kEngine);
  if (asked == kNoEngineAsked) return true;
  constexpr const char* kNames[] = {"arena", "mimalloc", "system"};
  const char* name = kNames[asked];
  if (TextEqual(name, ChosenEngine::kName)) return true;
  Message message;
  message->Text("MEMGOV_ENGINE=").Text(name).Text(": this object has engine ").Text(ChosenEngine::kName);
  message->Text("; preload libmemgov-").Text(name).Text(".so for that one");
  return false;
}

[[noreturn]] void StopBeforeMain() {
  { Message()->Text("MEMGOV_STRICT=1: stopped before main"); }
  for (;;) CallKernel(SYS_exit_group, kStrictExit);
}

void LoadOptions(char** environment) {
  const int bad = options::Load(environment);
  if (options::Get(Option::kHelp) != 0) options::PrintHelp();
  const bool engine_fits = IsEngineAskedFor();
  if ((bad != 0 || !engine_fits) && options::Get(Option::kStrict) != 0) StopBeforeMain();
}

__attribute__((constructor)) void Start(int, char**, char** environment) {
  DetectBystander();
  if (surface::Bystander()) return;
  LoadOptions(environment);
  if constexpr (ChosenEngine::kQuiescesForFork) quiesce::Start();
  governor::RememberAffinity();
  const AddressRange loader = LoaderRange();
  governor::SetLoaderRange(loader.begin, loader.end);
  ChosenEngine::Start();
  if (!ChosenExtras::IsComplete() && options::Get(Option::kStrict) != 0) StopBeforeMain();
  governor::Install(control, RealThreadFunctions(), environment, VersionText());
}

// Others may still be allocating: nothing is torn down, ever.
__attribute__((destructor)) void Stop() { governor::AtExit(); }

}  // namespace

EngineControl& Control() { return control; }

namespace surface {

const char* AsanOptions() { return "verify_asan_link_order=0"; }

}  // namespace surface
const char* VersionText() {
  static constinit char version[48] = {};
  if (version[0] == '\0') {  // the same from every thread
    memcpy(version, MEMGOV_VERSION " ", sizeof MEMGOV_VERSION);
    memcpy(version + sizeof MEMGOV_VERSION, ChosenEngine::kName, strlen(ChosenEngine::kName) + 1);
  }
  return version;
}

}  // namespace memgov
