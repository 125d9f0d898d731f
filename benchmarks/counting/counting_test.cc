// Run under libcounting.so with MEMGOV_COUNTING_FILE: known allocations must show in the file, byte for byte.
#include <fcntl.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "counting_file.h"

namespace {

int failures = 0;

struct Live {
  int64_t requested = 0;
  int64_t usable = 0;
  int64_t blocks = 0;
};

const counting::File* Map(const char* path) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return nullptr;
  void* mapped = mmap(nullptr, sizeof(counting::File), PROT_READ, MAP_SHARED, descriptor, 0);
  close(descriptor);
  return mapped == MAP_FAILED ? nullptr : static_cast<const counting::File*>(mapped);
}

Live Read(const counting::File& file) {
  Live live;
  for (const counting::Shard& shard : file.shards) {
    live.requested += shard.requested_bytes.load();
    live.usable += shard.usable_bytes.load();
    live.blocks += shard.blocks.load();
  }
  return live;
}

void Expect(const char* what, int64_t expected, int64_t actual) {
  if (expected == actual) return;
  std::fprintf(stderr, "%s: expected %ld, counted %ld\n", what, expected, actual);
  ++failures;
}

void ExpectChange(const char* what, const counting::File& file, const Live& before, int64_t requested,
                  int64_t blocks) {
  const Live now = Read(file);
  Expect(what, requested, now.requested - before.requested);
  Expect(what, blocks, now.blocks - before.blocks);
  if (requested > 0 && now.usable - before.usable < requested) {
    Expect("usable is at least what was requested", requested, now.usable - before.usable);
  }
  if (requested == 0) Expect(what, 0, now.usable - before.usable);
}

void TestEveryWayIn(const counting::File& file) {
  const Live before = Read(file);
  std::vector<void*> blocks(8);
  const Live with_vector = Read(file);
  ExpectChange("operator new", file, before, 8 * sizeof(void*), 1);
  blocks[0] = malloc(1000);
  blocks[1] = calloc(10, 100);
  blocks[2] = realloc(nullptr, 1000);
  blocks[3] = memalign(64, 1000);
  blocks[4] = aligned_alloc(256, 1024);
  if (posix_memalign(&blocks[5], 4096, 1000) != 0) ++failures;
  blocks[6] = valloc(1000);
  blocks[7] = pvalloc(1000);
  ExpectChange("eight blocks", file, with_vector, 6 * 1000 + 1024 + 4096, 8);
  for (void* block : blocks) free(block);
  ExpectChange("eight blocks freed", file, with_vector, 0, 0);
}

void TestResize(const counting::File& file) {
  const Live before = Read(file);
  char* text = static_cast<char*>(malloc(10));
  std::strcpy(text, "123456789");
  text = static_cast<char*>(realloc(text, 100'000));
  ExpectChange("grown", file, before, 100'000, 1);
  if (std::strcmp(text, "123456789") != 0) ++failures;
  text = static_cast<char*>(realloc(text, 20));
  ExpectChange("shrunk", file, before, 20, 1);
  if (malloc_usable_size(text) < 20) ++failures;
  std::memset(text, 0xff, malloc_usable_size(text));  // all of what is usable may be used
  ExpectChange("filled", file, before, 20, 1);
  free(text);
  ExpectChange("freed", file, before, 0, 0);
}

void TestFreedElsewhere(const counting::File& file) {
  const Live before = Read(file);
  void* block = malloc(5000);
  std::thread([block] { free(block); }).join();
  // The thread's own stack bookkeeping is glibc's and may stay; blocks of 5000 bytes may not.
  const Live now = Read(file);
  if (now.requested - before.requested >= 5000)
    Expect("freed by another thread", 0, now.requested - before.requested);
}

void TestChildDoesNotCount(const counting::File& file) {
  const Live before = Read(file);
  const pid_t child = fork();
  if (child == 0) _exit(malloc(123'456) == nullptr);
  int status = 1;
  waitpid(child, &status, 0);
  Expect("the child's exit status", 0, status);
  ExpectChange("allocated in a child", file, before, 0, 0);
}

void TestImpossibleSizes(const counting::File& file) {
  const Live before = Read(file);
  volatile size_t huge = SIZE_MAX - 4;
  if (malloc(huge) != nullptr || calloc(huge, 2) != nullptr || reallocarray(nullptr, huge, 2) != nullptr)
    ++failures;
  ExpectChange("impossible sizes", file, before, 0, 0);
}

void TestSamples(const counting::File& file) {
  const uint32_t before = file.sample_count.load();
  void* held = malloc(300'000);
  for (int round = 0; round < 5; ++round) {
    usleep(3000);
    for (int i = 0; i < 64; ++i) free(malloc(1));
  }
  free(held);
  const uint32_t after = file.sample_count.load();
  if (after < before + 4) Expect("samples taken", before + 4, after);
  bool seen = false;
  for (uint32_t i = before; i < after; ++i) seen |= file.samples[i].requested_bytes >= 300'000;
  Expect("a sample shows the block that was held", true, seen);
}

}  // namespace

int main() {
  const char* path = std::getenv("MEMGOV_COUNTING_FILE");
  const counting::File* file = path ? Map(path) : nullptr;
  if (file == nullptr || file->magic.load() != counting::kMagic ||
      file->owner.load() != static_cast<uint32_t>(getpid())) {
    std::fprintf(stderr, "libcounting.so does not count this process into MEMGOV_COUNTING_FILE\n");
    return 1;
  }
  TestEveryWayIn(*file);
  TestResize(*file);
  TestFreedElsewhere(*file);
  TestChildDoesNotCount(*file);
  TestImpossibleSizes(*file);
  TestSamples(*file);
  return failures == 0 ? 0 : 1;
}
