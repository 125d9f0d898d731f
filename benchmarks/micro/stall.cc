// stall: how long a malloc takes at most while memory comes and goes, as a line of JSON.
//
// Threads fill and empty a heap in waves, so that there is always something to give back, and time every
// malloc. On a busy machine the maximum is the scheduler's: compare medians of several runs, one thread per
// CPU at most, and see what is left of it among the waits in which the thread was not preempted.
#include <memgov/memgov.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kWaveBytes = size_t{24} << 20;
constexpr size_t kWaveBlocks = 40'000;

// Steps of 64 ns to 4 ms; what takes longer shows in the maximum alone.
struct Waits {
  static constexpr uint64_t kStepNs = 64;
  static constexpr size_t kSteps = 65'536;

  void Add(uint64_t nanoseconds) {
    ++counts[std::min<uint64_t>(nanoseconds / kStepNs, kSteps - 1)];
    longest_ns = std::max(longest_ns, nanoseconds);
    ++total;
  }

  void Add(const Waits& other) {
    for (size_t i = 0; i < kSteps; ++i) counts[i] += other.counts[i];
    longest_ns = std::max(longest_ns, other.longest_ns);
    longest_running_ns = std::max(longest_running_ns, other.longest_running_ns);
    total += other.total;
  }

  // Nearest rank, the upper end of its step.
  uint64_t PerHundredThousand(uint64_t rank) const {
    uint64_t below = 0;
    for (size_t i = 0; i + 1 < kSteps; ++i) {
      below += counts[i];
      if (below * 100'000 >= total * rank) return (i + 1) * kStepNs;
    }
    return longest_ns;
  }

  std::array<uint32_t, kSteps> counts{};
  uint64_t longest_ns = 0;
  uint64_t longest_running_ns = 0;  // of those in which the thread was not preempted
  uint64_t total = 0;
};

// Mostly small, one in 64 up to 256 KiB. xorshift64 (Marsaglia 2003): a few cycles, no state to share.
class Sizes {
 public:
  explicit Sizes(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
  size_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    const uint64_t drawn = state_ >> 8;
    return drawn % 64 == 0 ? 16 + drawn / 64 % (size_t{256} << 10) : 16 + drawn / 64 % 2048;
  }

 private:
  uint64_t state_;
};

// How often this thread was preempted. A system call: looked at every so many mallocs and after a long one.
class Preemptions {
 public:
  bool AnyNew() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    const bool any = usage.ru_nivcsw != seen_;
    seen_ = usage.ru_nivcsw;
    return any;
  }

 private:
  long seen_ = 0;
};

constexpr uint64_t kLongNs = 20'000;
constexpr uint64_t kMallocsPerLook = 64;

void* Timed(size_t size, Waits& waits, Preemptions& preemptions) {
  if (waits.total % kMallocsPerLook == 0) preemptions.AnyNew();
  const Clock::time_point before = Clock::now();
  auto* const block = static_cast<char*>(std::malloc(size));
  const auto took = static_cast<uint64_t>(std::chrono::nanoseconds(Clock::now() - before).count());
  waits.Add(took);
  if (took > kLongNs && took > waits.longest_running_ns && !preemptions.AnyNew()) {
    waits.longest_running_ns = took;
  }
  if (block == nullptr) std::abort();
  for (size_t at = 0; at < size; at += 4096) block[at] = 1;
  return block;
}

void RunWaves(uint64_t seed, Clock::time_point end, Waits& waits) {
  Sizes sizes(seed);
  Preemptions preemptions;
  std::vector<void*> blocks;
  blocks.reserve(kWaveBlocks);
  while (Clock::now() < end) {
    for (size_t bytes = 0; bytes < kWaveBytes && blocks.size() < kWaveBlocks;) {
      const size_t size = sizes.Next();
      blocks.push_back(Timed(size, waits, preemptions));
      bytes += size;
    }
    for (void* block : blocks) std::free(block);
    blocks.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// Governed processes know more: how long anybody was kept out, and whether anything was given back at all.
void PrintGoverned() {
  memgov_stats_t stats{};
  stats.size = sizeof stats;
  if (!memgov_available() || memgov_stats(&stats) != 0) return;
  std::printf(", \"longest_stall_ns\": %llu, \"released_bytes\": %llu",
              static_cast<unsigned long long>(stats.longest_stall_ns),
              static_cast<unsigned long long>(stats.released_bytes));
}

}  // namespace

int main(int argc, char** argv) {
  unsigned count = std::max(1U, std::thread::hardware_concurrency());
  double seconds = 5;
  CLI::App app("How long a malloc takes at most while memory comes and goes.", "stall");
  app.add_option("--threads", count, "Threads that allocate")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--seconds", seconds, "Length")->capture_default_str()->check(CLI::Range(0.1, 3600.0));
  CLI11_PARSE(app, argc, argv);
  const Clock::time_point end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<Waits> waits(count);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i) {
    threads.emplace_back([&, i] { RunWaves(i + 1, end, waits[i]); });
  }
  for (std::thread& thread : threads) thread.join();
  for (unsigned i = 1; i < count; ++i) waits[0].Add(waits[i]);
  std::printf(
      "{\"mallocs\": %llu, \"longest_ns\": %llu, \"longest_running_ns\": %llu, \"p9999_ns\": %llu, "
      "\"p50_ns\": %llu",
      static_cast<unsigned long long>(waits[0].total), static_cast<unsigned long long>(waits[0].longest_ns),
      static_cast<unsigned long long>(waits[0].longest_running_ns),
      static_cast<unsigned long long>(waits[0].PerHundredThousand(99'990)),
      static_cast<unsigned long long>(waits[0].PerHundredThousand(50'000)));
  PrintGoverned();
  std::printf("}\n");
}
