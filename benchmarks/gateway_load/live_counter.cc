#include "live_counter.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clock.h"
#include "counting_file.h"

namespace gateway_load {
namespace {

double Seconds(uint64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

void AppendWhatIsLiveNow(const counting::File& file, LiveSeries& live) {
  int64_t requested = 0;
  int64_t usable = 0;
  for (const counting::Shard& shard : file.shards) {
    requested += shard.requested_bytes.load(std::memory_order_relaxed);
    usable += shard.usable_bytes.load(std::memory_order_relaxed);
  }
  live.requested.push_back({Now(), static_cast<double>(requested)});
  live.usable.push_back({Now(), static_cast<double>(usable)});
}

// Two samples a millisecond apart may be stored in the wrong order.
void SortByTime(Series& series) {
  std::sort(series.begin(), series.end(),
            [](const Point& one, const Point& other) { return one.seconds < other.seconds; });
}

}  // namespace

absl::StatusOr<std::unique_ptr<LiveCounter>> LiveCounter::Create() {
  const int descriptor = memfd_create("live bytes", MFD_CLOEXEC);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, "memfd_create");
  void* mapped = MAP_FAILED;
  if (ftruncate(descriptor, sizeof(counting::File)) == 0) {
    mapped = mmap(nullptr, sizeof(counting::File), PROT_READ, MAP_SHARED, descriptor, 0);
  }
  if (mapped == MAP_FAILED) {
    const absl::Status status = absl::ErrnoToStatus(errno, "cannot map the counting file");
    close(descriptor);
    return status;
  }
  return std::unique_ptr<LiveCounter>(new LiveCounter(descriptor, mapped));
}

LiveCounter::~LiveCounter() {
  munmap(const_cast<void*>(mapped_), sizeof(counting::File));
  close(descriptor_);
}

Allocator LiveCounter::Before(const Allocator& allocator, const std::filesystem::path& preload) const {
  // Reached through this process: a file in memory, so that nothing stays behind whatever ends the
  // measurement.
  const std::string path = absl::StrCat("/proc/", getpid(), "/fd/", descriptor_);
  Allocator counted = {.name = absl::StrCat("counting before ", allocator.name),
                       .preload = preload,
                       .environment = allocator.environment,
                       .behind = allocator.preload};
  counted.environment.emplace_back("MEMGOV_COUNTING_FILE", path);
  return counted;
}

absl::StatusOr<LiveSeries> LiveCounter::Read() const {
  const auto& file = *static_cast<const counting::File*>(mapped_);
  if (file.magic.load(std::memory_order_acquire) != counting::kMagic) {
    return absl::FailedPreconditionError("libcounting.so did not count");
  }
  LiveSeries live;
  const uint32_t kept = std::min(file.sample_count.load(std::memory_order_relaxed), counting::kSamples);
  for (uint32_t i = 0; i < kept; ++i) {
    const uint64_t time_ns = file.samples[i].time_ns.load(std::memory_order_acquire);
    if (time_ns == 0) continue;
    live.requested.push_back({Seconds(time_ns), static_cast<double>(file.samples[i].requested_bytes)});
    live.usable.push_back({Seconds(time_ns), static_cast<double>(file.samples[i].usable_bytes)});
  }
  AppendWhatIsLiveNow(file, live);
  SortByTime(live.requested);
  SortByTime(live.usable);
  return live;
}

}  // namespace gateway_load
