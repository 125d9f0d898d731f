#include "memory_watch.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdlib>

#include "monotonic.h"

namespace pool_churn {
namespace {

constexpr int64_t kSpacingNs = 20'000'000;
constexpr size_t kSamples = 200'000;  // more than an hour; a page of it exists once it is written

struct Sample {
  int64_t time_ns;
  uint64_t bytes;
};
constinit Sample samples[kSamples]{};
constinit size_t sample_count = 0;

// The second field of statm, in pages.
uint64_t ResidentBytes(int statm) {
  char text[128];
  const ssize_t length = pread(statm, text, sizeof text - 1, 0);
  if (length <= 0) return 0;
  text[length] = '\0';
  char* end = nullptr;
  std::strtoull(text, &end, 10);
  return std::strtoull(end, nullptr, 10) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

MemoryWatch::MemoryWatch() : statm_(open("/proc/self/statm", O_RDONLY | O_CLOEXEC)) {
  sample_count = 0;
  thread_ = std::thread([this] { Run(); });
}

MemoryWatch::~MemoryWatch() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (statm_ >= 0) close(statm_);
}

gateway_load::Series MemoryWatch::Stop(int64_t zero_ns) {
  stop_ = true;
  thread_.join();
  gateway_load::Series series;
  for (size_t i = 0; i < sample_count; ++i) {
    series.push_back({Seconds(samples[i].time_ns - zero_ns), static_cast<double>(samples[i].bytes)});
  }
  return series;
}

void MemoryWatch::Run() {
  pthread_setname_np(pthread_self(), "memory-watch");
  for (int64_t next = NowNs(); !stop_ && sample_count < kSamples; next += kSpacingNs) {
    std::this_thread::sleep_until(TimePoint(next));
    samples[sample_count] = {NowNs(), ResidentBytes(statm_)};
    ++sample_count;
  }
}

}  // namespace pool_churn
