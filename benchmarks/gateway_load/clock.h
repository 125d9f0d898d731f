// Seconds on CLOCK_MONOTONIC: one time axis for the client, the sampler and the counting preload.
//
// Safety: any thread.
#ifndef BENCHMARKS_GATEWAY_LOAD_CLOCK_H_
#define BENCHMARKS_GATEWAY_LOAD_CLOCK_H_

#include <chrono>
#include <thread>

namespace gateway_load {

inline double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline void SleepSeconds(double seconds) {
  if (seconds > 0) std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_CLOCK_H_
