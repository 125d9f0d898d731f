// threads.h: runs one function on many threads at once.
#ifndef MEMGOV_TESTS_UNIT_THREADS_H_
#define MEMGOV_TESTS_UNIT_THREADS_H_

#include <latch>
#include <thread>
#include <vector>

namespace memgov {

// work(0) ... work(count - 1), each on a thread of its own; all begin when all exist. Returns when all ended.
template <typename Work>
void RunOnThreads(int count, Work work) {
  std::latch start(count);
  std::vector<std::thread> threads;
  for (int index = 0; index < count; ++index) {
    threads.emplace_back([&start, &work, index] {
      start.arrive_and_wait();
      work(index);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_THREADS_H_
