// Walks the heap of a forked child and compares with what glibc itself counts there.
#include "governor/cli/proc/glibc_heap.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

namespace memgov::cli {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;  // malloc is the sanitizer's
#else
constexpr bool kSanitized = false;
#endif

// Of all arenas together.
struct Counted {
  uint64_t used = 0;  // blocks in threads' caches included
  uint64_t free = 0;
};

// More blocks of a size than a thread's cache takes.
void FillFastBin() {
  void* blocks[100];
  for (void*& block : blocks) block = malloc(40);
  for (void* block : blocks) free(block);
}

class Child {
 public:
  // `work` runs in the child, on a thread with an arena of its own and on the main one; then both stand
  // still.
  template <typename Work>
  explicit Child(const Work& work) {
    if (pipe(pipe_) != 0) abort();
    pid_ = fork();
    if (pid_ == 0) Run(work);
    EXPECT_EQ(read(pipe_[0], &counted, sizeof counted), static_cast<ssize_t>(sizeof counted));
  }
  ~Child() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    close(pipe_[0]);
    close(pipe_[1]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  Counted counted;

 private:
  template <typename Work>
  [[noreturn]] void Run(const Work& work) {
    std::vector<void*> kept = work();
    std::thread other([&] {
      std::vector<void*> also_kept = work();
      const struct mallinfo2 info = mallinfo2();
      const Counted sums = {info.uordblks, info.fordblks};
      FillFastBin();
      if (write(pipe_[1], &sums, sizeof sums) < 0) _exit(1);
      for (;;) pause();
    });
    for (;;) pause();
  }

  int pipe_[2];
  pid_t pid_ = 0;
};

std::vector<void*> Fragmented() {
  std::vector<void*> blocks;
  for (int index = 0; index < 8000; ++index) {
    const size_t bytes = 24 + static_cast<size_t>(index % 90) * 16;
    blocks.push_back(malloc(bytes));
    memset(blocks.back(), 1, bytes);
  }
  std::vector<void*> kept;
  for (size_t index = 0; index < blocks.size(); ++index) {
    if (index % 4 == 0) {
      kept.push_back(blocks[index]);
    } else {
      free(blocks[index]);
    }
  }
  return kept;
}

absl::StatusOr<GlibcHeap> Walk(pid_t pid) {
  const auto mappings = ReadMappings(pid);
  if (!mappings.ok()) return mappings.status();
  return WalkGlibcHeap(pid, *mappings, [](double) {});
}

void ExpectNear(uint64_t value, uint64_t expected, uint64_t tolerance, const char* what) {
  EXPECT_NEAR(static_cast<double>(value), static_cast<double>(expected), static_cast<double>(tolerance))
      << what;
}

TEST(GlibcHeap, CountsAsGlibcDoes) {
  if (kSanitized) GTEST_SKIP() << "malloc is the sanitizer's";
  const Child child(Fragmented);
  const auto heap = Walk(child.pid());
  ASSERT_TRUE(heap.ok()) << heap.status();
  EXPECT_TRUE(heap->complete);
  EXPECT_TRUE(heap->has_main);
  EXPECT_TRUE(heap->has_other);
  EXPECT_EQ(heap->arenas, 2u);
  // glibc takes cached blocks for used ones, an arena's own head as well, and what was never touched:
  // libstdc++ keeps 72 KB for exceptions that find no memory.
  constexpr uint64_t kTolerance = 90 << 10;
  ExpectNear(heap->used_bytes + heap->cached_bytes, child.counted.used, kTolerance, "used");
  ExpectNear(heap->free_bytes + heap->fast_bin_bytes + heap->top_bytes, child.counted.free, kTolerance,
             "free");
  EXPECT_GT(heap->cached_bytes, 10u << 10) << "both threads have filled their caches";
  EXPECT_GE(heap->fast_bin_bytes, 90u * 48);
}

// A page of a block that was never written to is no memory, whoever has it.
TEST(GlibcHeap, UntouchedBlocksAreNoMemory) {
  if (kSanitized) GTEST_SKIP() << "malloc is the sanitizer's";
  const Child child([] { return std::vector<void*>{malloc(100 << 10), malloc(120 << 10)}; });
  const auto heap = Walk(child.pid());
  ASSERT_TRUE(heap.ok()) << heap.status();
  EXPECT_GT(child.counted.used, 440u << 10);
  EXPECT_LT(heap->used_bytes, child.counted.used - (300u << 10));
}

// Overwritten heads end a walk; nothing crashes, and what is behind them is not counted.
TEST(GlibcHeap, DamagedHeapsEndTheWalk) {
  if (kSanitized) GTEST_SKIP() << "malloc is the sanitizer's";
  const Child child([] {
    std::vector<void*> kept = Fragmented();
    char* const victim = static_cast<char*>(kept[kept.size() / 2]);
    memset(victim - 8, 0xff, 8);
    return kept;
  });
  const auto heap = Walk(child.pid());
  ASSERT_TRUE(heap.ok()) << heap.status();
  EXPECT_FALSE(heap->complete);
  EXPECT_LT(heap->walked_bytes, heap->resident_bytes);
}

TEST(GlibcHeap, ProcessesWithoutOne) {
  const auto heap = WalkGlibcHeap(getpid(), {}, [](double) {});
  EXPECT_EQ(heap.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(WalkGlibcHeap(INT32_MAX, {}, [](double) {}).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace memgov::cli
