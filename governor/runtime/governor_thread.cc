#include "governor/runtime/governor_thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>

#include "governor/base/errno_keeper.h"
#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/config/options.h"
#include "governor/pools/thread_registry.h"
#include "governor/runtime/tick.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace memgov::governor {
namespace {

constexpr size_t kStackBytes = size_t{256} << 10;
constexpr size_t kStackBytesForBigTls = size_t{1}
                                        << 20;  // the stack holds static TLS too: some hosts have much
constexpr unsigned kCloseRangeUnshare = 2;      // Linux 5.9
constexpr size_t kKernelMaskBytes = 8;

constexpr size_t kAffinityBytes = 1024;  // 8192 CPUs
alignas(8) constinit char start_affinity[kAffinityBytes] = {};
constinit long start_affinity_size = 0;

// Everything but the two signals by which the C library makes threads change ids and cancels them: with those
// blocked, setgid() waits for ever (signal(7), "real-time signals used by NPTL").
uint64_t AllButTheCLibrarysSignals() {
  constexpr int kCancel = 32;
  constexpr int kSetId = 33;
  return ~(uint64_t{1} << (kCancel - 1) | uint64_t{1} << (kSetId - 1));
}

class SignalsBlocked {
 public:
  SignalsBlocked() {
    const uint64_t all = AllButTheCLibrarysSignals();
    CallKernel(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before_, kKernelMaskBytes);
  }
  ~SignalsBlocked() { CallKernel(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr, kKernelMaskBytes); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  uint64_t before_ = 0;
};

// Inherited from whichever thread happened to create this one; undone here.
void TakeNormalScheduling() {
  const sched_param normal{};
  CallKernel(SYS_sched_setscheduler, 0, SCHED_OTHER, &normal);
  if (start_affinity_size > 0) CallKernel(SYS_sched_setaffinity, 0, start_affinity_size, start_affinity);
}

// Hosts close descriptors that they did not open, and wait for the end of pipes that others hold open.
void TakePrivateDescriptors() {
  if (CallKernel(SYS_close_range, 0U, ~0U, kCloseRangeUnshare) == 0) UsePrivateDescriptors();
}

void* GovernorMain(void* argument) {
  CallKernel(SYS_prctl, PR_SET_NAME, "memgov", 0, 0, 0);
  TakeNormalScheduling();
  TakePrivateDescriptors();
  ThreadRecord* record = threads::current != nullptr ? threads::current : threads::Adopt(nullptr);
  if (record != nullptr) {
    record->binding.store(Binding::kByApi, std::memory_order_relaxed);
    record->thread_pool.store(kGovernorPool, std::memory_order_relaxed);
    record->current_pool.store(kGovernorPool, std::memory_order_relaxed);
  }
  EngineControl& engine = *static_cast<EngineControl*>(argument);
  if (!engine.HonoursGlibcVariables()) options::SayForeignVariables(engine.Name());
  RunTicks(engine);
}

bool Create(const ThreadFunctions& functions, size_t stack_bytes, EngineControl& engine) {
  pthread_attr_t attributes;
  if (os::FaultFires(os::Call::kPthreadCreate) || pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (functions.set_stack_size != nullptr) functions.set_stack_size(&attributes, stack_bytes);
  pthread_t thread;
  const int error = functions.create(&thread, &attributes, GovernorMain, &engine);
  pthread_attr_destroy(&attributes);
  return error == 0;
}

}  // namespace

void RememberAffinity() {
  start_affinity_size = CallKernel(SYS_sched_getaffinity, 0, kAffinityBytes, start_affinity);
}

bool StartGovernorThread(const ThreadFunctions& functions, EngineControl& engine) {
  if (functions.create == nullptr) return false;
  const ErrnoKeeper keep_errno;
  const SignalsBlocked block;
  return Create(functions, kStackBytes, engine) || Create(functions, kStackBytesForBigTls, engine);
}

}  // namespace memgov::governor
