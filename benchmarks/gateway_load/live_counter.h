// LiveCounter: the reader of what libcounting.so counts in a process.
//
// Safety: one thread; the counted process starts while the object lives.
#ifndef BENCHMARKS_GATEWAY_LOAD_LIVE_COUNTER_H_
#define BENCHMARKS_GATEWAY_LOAD_LIVE_COUNTER_H_

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "allocators.h"
#include "series.h"

namespace gateway_load {

struct LiveSeries {
  Series requested;
  Series usable;
};

class LiveCounter {
 public:
  static absl::StatusOr<std::unique_ptr<LiveCounter>> Create();
  ~LiveCounter();
  LiveCounter(const LiveCounter&) = delete;
  LiveCounter& operator=(const LiveCounter&) = delete;

  // An allocator with `preload` (libcounting.so) before it, counting into this object's file.
  Allocator Before(const Allocator& allocator, const std::filesystem::path& preload) const;

  // All samples so far, and what is live now as the last one. An error where nothing was counted.
  absl::StatusOr<LiveSeries> Read() const;

 private:
  LiveCounter(int descriptor, const void* mapped) : descriptor_(descriptor), mapped_(mapped) {}

  const int descriptor_;
  const void* const mapped_;
};

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_LIVE_COUNTER_H_
