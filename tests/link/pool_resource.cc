// memgov::pool_resource: what is allocated through it counts for its pool, whatever thread frees it; it is
// its upstream otherwise, and that alone where memgov is absent.
#include <stdint.h>
#include <stdlib.h>

#include <list>
#include <memgov/pool_resource.hpp>
#include <memory_resource>
#include <string>
#include <thread>
#include <vector>

#include "preload_check.h"

namespace {

constexpr size_t kMib = size_t{1} << 20;
bool present;

// Live bytes by memgov's books, sampled; large blocks are samples for certain.
uint64_t LiveIn(const char* name) {
  for (const memgov_pool_t& pool : memgov::Pools()) {
    if (strcmp(pool.name, name) == 0) return pool.live_bytes;
  }
  return 0;
}

// Counts what reaches it, and can refuse.
class Upstream : public std::pmr::memory_resource {
 public:
  int taken = 0, returned = 0;
  size_t last_alignment = 0;
  bool refuses = false;

 private:
  void* do_allocate(size_t bytes, size_t alignment) override {
    if (refuses) throw std::bad_alloc();
    ++taken;
    last_alignment = alignment;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* block, size_t bytes, size_t alignment) override {
    ++returned;
    std::pmr::new_delete_resource()->deallocate(block, bytes, alignment);
  }
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
};

void CheckCounts() {
  memgov::pool_resource sessions("sessions");
  {
    std::pmr::vector<std::pmr::string> texts(&sessions);
    for (int i = 0; i < 8; ++i) texts.emplace_back(4 * kMib, 'x');
    if (present) CHECK(LiveIn("sessions") >= 24 * kMib);
    std::thread([moved = std::move(texts)]() mutable { moved = {}; }).join();
  }
  if (present) CHECK(LiveIn("sessions") <= 8 * kMib);
}

void CheckUpstream() {
  Upstream upstream;
  memgov::pool_resource pool("aligned", &upstream);
  CHECK(pool.upstream() == &upstream);
  for (size_t alignment = 1; alignment <= 65536; alignment *= 2) {
    void* block = pool.allocate(100, alignment);
    CHECK(IsAligned(block, alignment));
    CHECK_EQ(upstream.last_alignment, alignment);
    pool.deallocate(block, 100, alignment);
  }
  CHECK_EQ(upstream.taken, 17);
  CHECK_EQ(upstream.returned, 17);
  upstream.refuses = true;
  bool caught = false;
  try {
    static_cast<void>(pool.allocate(100));
  } catch (const std::bad_alloc&) {
    caught = true;
  }
  CHECK(caught);
  // The scope ended with the exception: this thread counts for its own pool again.
  void* own = Escape(malloc(8 * kMib));
  CHECK(LiveIn("aligned") < 8 * kMib);
  free(own);
}

void CheckNames() {
  CHECK(strcmp(memgov::pool_resource(nullptr).name(), "") == 0);
  const std::string longer(100, 'n');
  CHECK_EQ(strlen(memgov::pool_resource(longer.c_str()).name()), MEMGOV_NAME_BYTES - 1);
  for (const char* name : {static_cast<const char*>(nullptr), ""}) {
    memgov::pool_resource nameless(name, nullptr);
    CHECK(nameless.upstream() == std::pmr::new_delete_resource());
    void* block = nameless.allocate(100);
    memset(block, 1, 100);
    nameless.deallocate(block, 100);
  }
}

// A container of one pool that is assigned to another pool's copies its elements.
void CheckEquality() {
  memgov::pool_resource left("left"), right("right"), left_again("left");
  CHECK(left == left && !(left == right) && !(left == left_again));
  CHECK(!left.is_equal(*std::pmr::new_delete_resource()));
  std::pmr::list<std::pmr::string> from(&left), to(&right);
  from.emplace_back(1000, 'x');
  const void* before = from.front().data();
  to = std::move(from);
  CHECK(to.front().data() != before);
  CHECK(to.front().get_allocator().resource() == &right);
}

// Many threads through one resource; blocks go back on other threads.
void CheckThreads() {
  memgov::pool_resource shared("shared");
  std::vector<std::vector<void*>> blocks(8);
  std::vector<std::thread> threads;
  for (std::vector<void*>& mine : blocks) {
    threads.emplace_back([&shared, &mine] {
      for (size_t i = 0; i < 2000; ++i) mine.push_back(shared.allocate(16 + i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  for (std::vector<void*>& others : blocks) {
    threads.emplace_back([&shared, &others] {
      for (size_t i = 0; i < others.size(); ++i) shared.deallocate(others[i], 16 + i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

int main() {
  Watchdog(50);
  present = memgov::Available();
  CHECK_EQ(present, strcmp(getenv("MEMGOV_TEST_ENGINE"), "glibc") != 0);
  CheckCounts();
  CheckUpstream();
  CheckNames();
  CheckEquality();
  CheckThreads();
}
