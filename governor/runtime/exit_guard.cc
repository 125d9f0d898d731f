#include "governor/runtime/exit_guard.h"

#include <atomic>

#include "governor/base/os.h"

namespace memgov::governor::exit_guard {
namespace {

constinit std::atomic<bool> closing{false};
constinit std::atomic<bool> ticking{false};

}  // namespace

bool Enter() {
  ticking.store(true, std::memory_order_seq_cst);
  return !closing.load(std::memory_order_seq_cst);
}

void Leave() { ticking.store(false, std::memory_order_release); }

bool CloseAndWait() {
  constexpr int kMostMilliseconds = 1000;
  closing.store(true, std::memory_order_seq_cst);
  for (int waited = 0; ticking.load(std::memory_order_seq_cst); ++waited) {
    if (waited == kMostMilliseconds) return false;
    os::SleepNanoseconds(1000000);
  }
  return true;
}

void ResetInChild() {
  closing.store(false, std::memory_order_relaxed);
  ticking.store(false, std::memory_order_relaxed);
}

}  // namespace memgov::governor::exit_guard
