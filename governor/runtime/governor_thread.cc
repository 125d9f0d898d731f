#include "governor/runtime/governor_thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#include "governor/base/errno_keeper.h"
#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/signals_blocked.h"
#include "governor/budget/budget.h"
#include "governor/config/options.h"
#include "governor/pools/thread_registry.h"
#include "governor/runtime/budget_tick.h"
#include "governor/runtime/control_tick.h"
#include "governor/runtime/sleeper.h"
#include "governor/runtime/tick.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace memgov::governor {
namespace {

// Beyond what the C library itself puts on a stack: thread control block and the static TLS of the host.
constexpr size_t kStackBytes = size_t{240} << 10;
constexpr size_t kUsualMinimum = size_t{16} << 10;
constexpr size_t kBigMinimum = size_t{784}
                               << 10;       // the second try, where the C library does not tell its minimum
constexpr unsigned kCloseRangeUnshare = 2;  // Linux 5.9

constexpr size_t kAffinityBytes = 1024;  // 8192 CPUs
alignas(8) constinit char start_affinity[kAffinityBytes] = {};
constinit long start_affinity_size = 0;

// Inherited from whichever thread happened to create this one; undone here.
void TakeNormalScheduling() {
  const sched_param normal{};
  CallKernel(SYS_sched_setscheduler, 0, SCHED_OTHER, &normal);
  if (start_affinity_size > 0) CallKernel(SYS_sched_setaffinity, 0, start_affinity_size, start_affinity);
}

// Hosts close descriptors that they did not open, and wait for the end of pipes that others hold open.
// Under a seccomp filter a periodic report needs the shared table: pidfd_getfd, by which a private one
// borrows standard error, is in no service manager's list of harmless calls, and the penalty may be death.
bool TakePrivateDescriptors() {
  if (options::Get(Option::kReport) > 0 && CallKernel(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0) != 0)
    return false;
  if (CallKernel(SYS_close_range, 0U, ~0U, kCloseRangeUnshare) != 0) return false;
  UsePrivateDescriptors();
  return true;
}

void* GovernorMain(void* argument) {
  CallKernel(SYS_prctl, PR_SET_NAME, "memgov", 0, 0, 0);
  EngineControl& engine = *static_cast<EngineControl*>(argument);
  SayForeignVariablesOnce(engine);
  TakeNormalScheduling();
  budget::NeverWaitOnThisThread();
  const bool may_wait = sleeper::Open(TakePrivateDescriptors());
  budget_tick::OpenWatch(may_wait);
  control_tick::Allow(may_wait);
  ThreadRecord* record = threads::current != nullptr ? threads::current : threads::Adopt(nullptr);
  if (record != nullptr) {
    record->binding.store(Binding::kByApi, std::memory_order_relaxed);
    record->thread_pool.store(kGovernorPool, std::memory_order_relaxed);
    record->current_pool.store(kGovernorPool, std::memory_order_relaxed);
  }
  RunTicks(engine);
}

bool Create(const ThreadFunctions& functions, size_t guessed_minimum, EngineControl& engine) {
  pthread_attr_t attributes;
  if (os::FaultFires(os::Call::kPthreadCreate) || pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const size_t minimum = functions.min_stack != nullptr ? functions.min_stack(&attributes) : guessed_minimum;
  if (functions.set_stack_size != nullptr) functions.set_stack_size(&attributes, kStackBytes + minimum);
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
  return Create(functions, kUsualMinimum, engine) || Create(functions, kBigMinimum, engine);
}

}  // namespace memgov::governor
