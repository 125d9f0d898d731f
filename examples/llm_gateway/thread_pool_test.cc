#include "thread_pool.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <set>

#include "absl/synchronization/barrier.h"

namespace llm_gateway {
namespace {

TEST(ThreadPool, RunsWhatWasSubmittedBeforeItShutsDown) {
  std::atomic<int> done{0};
  ThreadPool pool("work", 3);
  for (int i = 0; i < 1000; ++i) pool.Submit([&done] { ++done; });
  pool.Shutdown();
  pool.Shutdown();
  EXPECT_EQ(done, 1000);
}

TEST(ThreadPool, NamesItsThreads) {
  absl::Mutex mutex;
  std::set<std::string> names;
  auto* const all_inside = new absl::Barrier(4);  // each of four threads must be inside its own piece of work
  ThreadPool pool("parse-pool", 4);
  for (int i = 0; i < 4; ++i) {
    pool.Submit([&] {
      char name[16] = "";
      pthread_getname_np(pthread_self(), name, sizeof name);
      {
        absl::MutexLock lock(&mutex);
        names.insert(name);
      }
      if (all_inside->Block()) delete all_inside;
    });
  }
  pool.Shutdown();
  EXPECT_EQ(names, (std::set<std::string>{"parse-pool-0", "parse-pool-1", "parse-pool-2", "parse-pool-3"}));
}

}  // namespace
}  // namespace llm_gateway
