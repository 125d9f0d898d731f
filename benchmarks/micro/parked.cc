// parked THREADS: threads that allocated, freed and wait; what they cost beside their stacks, as a line of
// JSON.
//
// Stacks come from one mapping of this program's own, so that they can be told from the heap. Figures are
// taken after --settle seconds; the program ends when its stdin does, so that it can be looked at.
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "counting_file.h"

namespace {

constexpr size_t kStackBytes = size_t{64} << 10;
constexpr size_t kRounds = 4;
constexpr size_t kLargest = 4096;

struct Shared {
  explicit Shared(size_t threads) : parked(static_cast<std::ptrdiff_t>(threads)) {}
  std::latch parked;
  std::latch leave{1};
};

[[noreturn]] void Fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

// Every class up to a page, some blocks of each: what a request leaves in caches that belong to threads.
void* WorkOnceAndPark(void* argument) {
  auto& shared = *static_cast<Shared*>(argument);
  void* blocks[kRounds];
  for (size_t size = 16; size <= kLargest; size += size / 4 / 16 * 16 + 16) {
    for (void*& block : blocks) {
      block = std::malloc(size);
      *static_cast<volatile char*>(block) = 1;
    }
    for (void* block : blocks) std::free(block);
  }
  shared.parked.count_down();
  shared.leave.wait();
  return nullptr;
}

std::vector<pthread_t> Start(size_t count, char* stacks, Shared& shared) {
  std::vector<pthread_t> threads(count);
  for (size_t i = 0; i < count; ++i) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stacks + i * kStackBytes, kStackBytes);
    if (const int error = pthread_create(&threads[i], &attributes, WorkOnceAndPark, &shared); error != 0) {
      errno = error;
      Fail("pthread_create");
    }
    pthread_attr_destroy(&attributes);
  }
  return threads;
}

// Exact, unlike statm: the kernel walks the page tables.
size_t ResidentBytes() {
  std::ifstream rollup("/proc/self/smaps_rollup");
  for (std::string word; rollup >> word;) {
    size_t kibibytes = 0;
    if (word == "Rss:" && rollup >> kibibytes) return kibibytes << 10;
  }
  Fail("/proc/self/smaps_rollup");
}

size_t ResidentOf(char* from, size_t bytes) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> present(bytes / page);
  if (mincore(from, bytes, present.data()) != 0) Fail("mincore");
  size_t pages = 0;
  for (const unsigned char state : present) pages += state & 1;
  return pages * page;
}

// What libcounting.so counts in this process; -1 without it.
int64_t LiveBytes() {
  const char* const path = std::getenv("MEMGOV_COUNTING_FILE");
  FILE* const file = path == nullptr ? nullptr : std::fopen(path, "r");
  if (file == nullptr) return -1;
  void* const mapped = mmap(nullptr, sizeof(counting::File), PROT_READ, MAP_SHARED, fileno(file), 0);
  std::fclose(file);
  if (mapped == MAP_FAILED) Fail("MEMGOV_COUNTING_FILE");
  int64_t live = 0;
  for (const counting::Shard& shard : static_cast<const counting::File*>(mapped)->shards) {
    live += shard.requested_bytes.load();
  }
  return live;
}

void WaitForEndOfInput() {
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  size_t count = 0;
  double settle_seconds = 2;
  CLI::App app("Threads that allocated, freed and wait: what they cost beside their stacks.", "parked");
  app.add_option("threads", count, "How many")->required()->check(CLI::Range(1, 100000));
  app.add_option("--settle", settle_seconds, "Seconds to wait before looking")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 600.0));
  CLI11_PARSE(app, argc, argv);
  const size_t stack_bytes = count * kStackBytes;
  void* const stacks = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (stacks == MAP_FAILED) Fail("mmap");
  madvise(stacks, stack_bytes, MADV_NOHUGEPAGE);
  Shared shared(count);
  const std::vector<pthread_t> threads = Start(count, static_cast<char*>(stacks), shared);
  shared.parked.wait();
  std::this_thread::sleep_for(std::chrono::duration<double>(settle_seconds));
  const int64_t live = LiveBytes();
  const size_t resident = ResidentBytes();
  const size_t beside_stacks = resident - ResidentOf(static_cast<char*>(stacks), stack_bytes);
  std::printf(
      "{\"threads\": %zu, \"rss_bytes\": %zu, \"rss_beside_stacks_bytes\": %zu, \"live_bytes\": %lld}\n",
      count, resident, beside_stacks, static_cast<long long>(live));
  std::fflush(stdout);
  WaitForEndOfInput();
  shared.leave.count_down();
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
}
