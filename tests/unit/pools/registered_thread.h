// registered_thread.h: a thread with a name and a record that lives until it is told to end.
#ifndef MEMGOV_TESTS_UNIT_POOLS_REGISTERED_THREAD_H_
#define MEMGOV_TESTS_UNIT_POOLS_REGISTERED_THREAD_H_

#include <pthread.h>

#include <atomic>
#include <latch>
#include <thread>

#include "governor/base/os.h"
#include "governor/pools/thread_registry.h"

namespace memgov {

class RegisteredThread {
 public:
  // nullptr: it keeps the name of the process. `start_routine` is what its record says, not what it runs.
  explicit RegisteredThread(const char* name, void* start_routine = nullptr)
      : record_(threads::Acquire(start_routine, nullptr)), thread_([this, name] { Run(name); }) {
    named_.wait();
  }
  ~RegisteredThread() {
    if (thread_.joinable()) End();
  }

  ThreadRecord* record() const { return record_; }
  pid_t tid() const { return record_->tid.load(); }
  PoolId pool() const { return record_->thread_pool.load(); }

  void Rename(const char* name) { pthread_setname_np(thread_.native_handle(), name); }
  void MarkExiting() {
    leave_.count_down();
    marked_.wait();
  }
  void End() {
    if (!leave_.try_wait()) leave_.count_down();
    gone_.count_down();
    thread_.join();
  }

 private:
  void Run(const char* name) {
    if (name != nullptr) pthread_setname_np(pthread_self(), name);
    threads::Adopt(record_);
    named_.count_down();
    leave_.wait();
    threads::MarkExiting(record_);
    marked_.count_down();
    gone_.wait();
  }

  ThreadRecord* const record_;
  std::latch named_{1};
  std::latch leave_{1};
  std::latch marked_{1};
  std::latch gone_{1};
  std::thread thread_;
};

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_POOLS_REGISTERED_THREAD_H_
