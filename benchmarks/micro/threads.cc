// Blocks that cross threads, and threads that only exist.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "benchmarks/micro/micro.h"

namespace memgov {
namespace {

constexpr size_t kHandOver = 256;

// A box for one batch of blocks at a time.
class Box {
 public:
  void Put(std::vector<void*>& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !full_; });
    batch_.swap(batch);
    full_ = true;
    changed_.notify_all();
  }

  void Take(std::vector<void*>& batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return full_; });
    batch_.swap(batch);
    full_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<void*> batch_ = std::vector<void*>(kHandOver);
  bool full_ = false;
};

// Frees every batch of the box until one comes that begins with nullptr.
void FreeAll(Box& box) {
  std::vector<void*> batch(kHandOver);
  do {
    box.Take(batch);
    for (void* block : batch) std::free(block);
  } while (batch[0]);
}

// One thread allocates, the other frees.
void ProducerConsumer(benchmark::State& state) {
  const size_t size = static_cast<size_t>(state.range(0));
  Box box;
  std::thread consumer(FreeAll, std::ref(box));
  std::vector<void*> batch(kHandOver);
  for (auto _ : state) {
    for (void*& block : batch) block = Touched(size);
    box.Put(batch);
  }
  batch.assign(kHandOver, nullptr);
  box.Put(batch);
  consumer.join();
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kHandOver));
}
BENCHMARK(ProducerConsumer)->Arg(64)->Arg(1024)->Arg(32768)->UseRealTime();

// Threads that allocated and freed once, as a pool's threads have, and then wait.
class ParkedThreads {
 public:
  explicit ParkedThreads(size_t count) {
    for (size_t i = 0; i < count; ++i) threads_.emplace_back([this] { WorkOnceAndPark(); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return parked_ == count; });
  }

  ~ParkedThreads() {
    {
      const std::lock_guard lock(mutex_);
      leave_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void WorkOnceAndPark() {
    std::vector<void*> blocks;
    for (size_t size = 16; size <= 1024; size += 16) blocks.push_back(Touched(size));
    for (void* block : blocks) std::free(block);
    std::unique_lock lock(mutex_);
    ++parked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return leave_; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t parked_ = 0;
  bool leave_ = false;
  std::vector<std::thread> threads_;
};

// One active thread beside many parked ones: what exists must cost nothing.
void BesideParked(benchmark::State& state) {
  const ParkedThreads parked(static_cast<size_t>(state.range(0)));
  size_t size = 16;
  for (auto _ : state) {
    std::free(Touched(size));
    size = size == 1024 ? 16 : size + 16;
  }
}
BENCHMARK(BesideParked)->Arg(0)->Arg(148)->Arg(1000);

// A thread's whole life with a little work in it: caches made, used and given back.
void ThreadChurn(benchmark::State& state) {
  for (auto _ : state) {
    std::thread([] {
      for (size_t size = 16; size <= 1024; size += 16) std::free(Touched(size));
    }).join();
  }
}
BENCHMARK(ThreadChurn)->UseRealTime();

}  // namespace
}  // namespace memgov
