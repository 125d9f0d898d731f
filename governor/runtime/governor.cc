#include "governor/runtime/governor.h"

#include <atomic>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/budget/admission.h"
#include "governor/budget/budget.h"
#include "governor/config/options.h"
#include "governor/control/callbacks.h"
#include "governor/runtime/budget_tick.h"
#include "governor/runtime/control_tick.h"
#include "governor/runtime/exit_guard.h"
#include "governor/runtime/governor_thread.h"
#include "governor/runtime/publishing.h"
#include "governor/runtime/sleeper.h"
#include "governor/runtime/tick.h"
#include "governor/telemetry/metrics.h"
#include "governor/telemetry/report.h"

namespace memgov::governor {
namespace {

enum class Thread : uint32_t { kNone, kStarting, kRunning, kRefused };

// Written once, before threads exist.
constinit EngineControl* engine = nullptr;
constinit ThreadFunctions thread_functions{};
constinit uint64_t start_bytes = 0;
constinit uintptr_t loader_begin = 0;
constinit uintptr_t loader_end = 0;

// Release and acquire: whoever sees kRunning sees what came before. `owner` is the process that it speaks of.
constinit std::atomic<Thread> thread{Thread::kNone};
constinit std::atomic<pid_t> owner{0};

// Relaxed: a threshold, a flag.
constinit std::atomic<uint64_t> activity_bytes{0};
constinit std::atomic<bool> foreign_said{false};

bool ThreadAllowed() { return options::Get(Option::kThread) == kThreadAuto; }

// One thread per process, started by whoever wins; after a refusal (EAGAIN under RLIMIT_NPROC) nobody tries
// again.
void TryStart() {
  Thread expected = Thread::kNone;
  if (!thread.compare_exchange_strong(expected, Thread::kStarting, std::memory_order_acq_rel)) return;
  owner.store(os::ProcessId(), std::memory_order_relaxed);
  const bool started = StartGovernorThread(thread_functions, *engine);
  thread.store(started ? Thread::kRunning : Thread::kRefused, std::memory_order_release);
  callbacks::StartIfNeeded();
}

void StartIfNeeded() {
  if (ThreadAllowed() && thread.load(std::memory_order_relaxed) == Thread::kNone) TryStart();
}

void WakeAtLimit() {
  budget_tick::LookNow();
  sleeper::WakeUrgently();
}

// A vfork child runs on its parent's memory and record, under another thread id.
bool IsVforkChild(ThreadRecord& record) {
  const pid_t marked = record.vfork_thread.load(std::memory_order_relaxed);
  if (marked == 0) return false;
  if (os::ThreadId() != marked) return true;
  record.vfork_thread.store(0, std::memory_order_relaxed);
  return false;
}

bool CalledByLoader(const void* caller) {
  const uintptr_t at = reinterpret_cast<uintptr_t>(caller);
  return at >= loader_begin && at < loader_end;
}

bool MayStartFrom(ThreadRecord& record, const void* caller) {
  return caller != nullptr && !CalledByLoader(caller) && !record.IsInsideEngine() &&
         os::ThreadId() == record.tid.load(std::memory_order_relaxed) && !IsVforkChild(record);
}

}  // namespace

void Install(EngineControl& control, const ThreadFunctions& functions, char** environment,
             const char* version) {
  if (options::Get(Option::kGovernor) == 0) return;
  start_bytes = static_cast<uint64_t>(options::Get(Option::kStartBytes));
  thread_functions = functions;
  if (options::Get(Option::kReport) == kReportAtExit || options::Get(Option::kSummary) != 0)
    KeepStandardError();
  callbacks::Install(functions.create);
  budget_tick::Install(environment);
  publishing::Install(version, environment);
  control_tick::Install(version, environment);
  budget::SetWaker(WakeAtLimit);
  engine = &control;
  budget::Install(control);
}

EngineControl* InstalledEngine() { return engine; }

bool Running() {
  return thread.load(std::memory_order_acquire) == Thread::kRunning &&
         owner.load(std::memory_order_relaxed) == os::ProcessId();
}

void SetLoaderRange(uintptr_t begin, uintptr_t end) {
  loader_begin = begin;
  loader_end = end;
}

void NoteThreadCreated() {
  if (engine == nullptr) return;
  StartIfNeeded();
  sleeper::Wake();
}

void NoteActivity(ThreadRecord& record, uint64_t bytes, const void* caller) {
  if (engine == nullptr || FutexLock::HoldsAll()) return;
  const uint64_t total = activity_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  const Thread now = thread.load(std::memory_order_relaxed);
  if (now == Thread::kRunning) return sleeper::Wake();
  if (now == Thread::kStarting || total < start_bytes || !MayStartFrom(record, caller)) return;
  if (ThreadAllowed() && now == Thread::kNone) return TryStart();
  SayForeignVariablesOnce(*engine);
  TickOnThisThread(*engine);
}

void SayForeignVariablesOnce(EngineControl& control) {
  if (control.HonoursGlibcVariables() || foreign_said.exchange(true, std::memory_order_relaxed)) return;
  options::SayForeignVariables(control.Name());
}

bool EnsureStarted() {
  if (engine == nullptr) return false;
  StartIfNeeded();
  return thread.load(std::memory_order_acquire) == Thread::kRunning;
}

void TickIfThreadless() {
  if (engine == nullptr) return;
  const Thread now = thread.load(std::memory_order_acquire);  // one that starts may tick already
  if (now != Thread::kRunning && now != Thread::kStarting) TickOnThisThread(*engine);
}

size_t ReleaseNow(ReleaseReason reason, uint64_t most_bytes) {
  return engine != nullptr ? releaser::Release(*engine, reason, most_bytes) : 0;
}

namespace {

// A child that was made without fork's handlers (vfork, clone) and calls exit: what is here is its parent's.
bool IsAnothersMemory() {
  const pid_t process = owner.load(std::memory_order_relaxed);
  return process != 0 && process != os::ProcessId();
}

}  // namespace

void AtExit() {
  if (engine == nullptr) return;
  if (options::Get(Option::kReport) == kReportAtExit) PrintReport(*engine);
  if (options::Get(Option::kSummary) != 0) PrintSummary(*engine);
  if (IsAnothersMemory()) return;
  releaser::Close();
  if (!exit_guard::CloseAndWait()) return;
  budget_tick::AtExit();
  publishing::AtExit();
  control_tick::AtExit();
}

void AfterForkInChild() {
  thread.store(Thread::kNone, std::memory_order_relaxed);
  owner.store(0, std::memory_order_relaxed);
  activity_bytes.store(0, std::memory_order_relaxed);
  releaser::ResetInChild();
  budget::ResetInChild();
  admission::ResetInChild();
  callbacks::ResetInChild();
  ResetMetricsInChild();
  ResetReportInChild();
  ResetTickInChild();
}

}  // namespace memgov::governor
