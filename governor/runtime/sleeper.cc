#include "governor/runtime/sleeper.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>

#include <atomic>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"

namespace memgov::governor::sleeper {
namespace {

// kResting: about to sleep for long, or sleeping; kDozing: the same for a moment. Set by the governor
// before it reads the counters one last time; cleared by whoever wakes it. All of it is sequentially
// consistent read-modify-write: either that last read sees the waker's counters, or the waker sees the bit.
enum : uint32_t { kAwake = 0, kResting = 1, kDozing = 2 };
constinit std::atomic<uint32_t> state{kAwake};
// Set before an urgent wake clears the bits, taken after a sleep has set them.
constinit std::atomic<bool> urgent{false};

constexpr int kWakeSignal = SIGSTKFLT;
constexpr uint64_t kWakeMask = uint64_t{1} << (kWakeSignal - 1);
constexpr int kMostDescriptors = 12;  // the signal, 3 of pressure, 5 of the control socket

constinit int signal_descriptor = -1;
// Of the thread that polls; release when signal_descriptor is there. 0: it sleeps on the futex.
constinit std::atomic<pid_t> thread{0};
constinit std::atomic<pid_t> process{0};

const uint32_t* Word() { return reinterpret_cast<const uint32_t*>(&state); }

void Signal() {
  const pid_t to = thread.load(std::memory_order_acquire);
  if (to == 0) {
    os::FutexWake(Word(), 1);
  } else {
    CallKernel(SYS_tgkill, process.load(std::memory_order_relaxed), to, kWakeSignal);
  }
}

void TakeSignal() {
  signalfd_siginfo taken;
  CallKernel(SYS_read, signal_descriptor, &taken, sizeof taken);
}

void Poll(uint64_t duration_ns, pollfd* watched, int count) {
  pollfd all[kMostDescriptors];
  all[0] = {signal_descriptor, POLLIN, 0};
  for (int index = 0; index < count; ++index) all[index + 1] = watched[index];
  constexpr uint64_t kSecond = 1000000000;
  timespec duration{static_cast<time_t>(duration_ns / kSecond), static_cast<long>(duration_ns % kSecond)};
  const long ready = CallKernel(SYS_ppoll, all, count + 1, duration_ns == UINT64_MAX ? nullptr : &duration,
                                nullptr, sizeof(uint64_t));
  for (int index = 0; index < count; ++index)
    watched[index].revents = ready > 0 ? all[index + 1].revents : short{0};
  if (ready > 0 && all[0].revents != 0) TakeSignal();
}

}  // namespace

bool Open(bool has_private_descriptors) {
  if (!has_private_descriptors) return false;
  signal_descriptor = static_cast<int>(
      CallKernel(SYS_signalfd4, -1, &kWakeMask, sizeof kWakeMask, SFD_CLOEXEC | SFD_NONBLOCK));
  if (signal_descriptor < 0) return false;
  process.store(os::ProcessId(), std::memory_order_relaxed);
  thread.store(os::ThreadId(), std::memory_order_release);
  return true;
}

void Prepare() { state.exchange(kResting, std::memory_order_seq_cst); }

void Sleep(uint64_t duration_ns, pollfd* watched, int count) {
  const bool dozes = duration_ns <= kDozeNs;
  const uint32_t expected = dozes ? kDozing : kResting;
  // Ordinary news since Prepare is seen to when the timer ends.
  if (dozes) state.exchange(kDozing, std::memory_order_seq_cst);
  if (urgent.exchange(false, std::memory_order_seq_cst)) duration_ns = 0;
  if (thread.load(std::memory_order_relaxed) != 0) {
    TakeSignal();  // of wakes since Prepare: what they said is in the two words
    if (state.load(std::memory_order_seq_cst) != expected) duration_ns = 0;
    Poll(duration_ns, watched, count);
  } else {
    for (int index = 0; index < count; ++index) watched[index].revents = 0;
    os::FutexWait(Word(), expected, duration_ns == UINT64_MAX ? -1 : static_cast<int64_t>(duration_ns));
  }
  state.store(kAwake, std::memory_order_relaxed);
}

void Wake() {
  if ((state.fetch_and(~uint32_t{kResting}, std::memory_order_seq_cst) & kResting) != 0) Signal();
}

void WakeUrgently() {
  urgent.store(true, std::memory_order_seq_cst);
  if (state.exchange(kAwake, std::memory_order_seq_cst) != kAwake) Signal();
}

void ResetInChild() {
  state.store(kAwake, std::memory_order_relaxed);
  urgent.store(false, std::memory_order_relaxed);
  thread.store(0, std::memory_order_relaxed);
  signal_descriptor = -1;
}

}  // namespace memgov::governor::sleeper
