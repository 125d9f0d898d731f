// Several processes and a folder for them.
#ifndef MEMGOV_TESTS_UNIT_COHORT_COHORT_SUPPORT_H_
#define MEMGOV_TESTS_UNIT_COHORT_COHORT_SUPPORT_H_

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "governor/base/os.h"
#include "governor/cohort/cohort.h"
#include "unit/child.h"

namespace memgov {

constexpr uint64_t kIdentity = 0x1c0de;

// An empty folder of one's own, removed by the process that made it.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = testing::TempDir() + "/memgov-cohort-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    if (getpid() == maker_) std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const char* path() const { return path_.c_str(); }
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) files.push_back(entry.path());
    return files;
  }

 private:
  std::string path_;
  const pid_t maker_ = getpid();
};

// Memory that forked processes share.
template <typename T>
class SharedMemory {
 public:
  SharedMemory()
      : memory_(new (mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
                    T()) {}
  ~SharedMemory() { munmap(memory_, sizeof(T)); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  T* operator->() const { return memory_; }

 private:
  T* memory_;
};

// A forked process. Killed, if need be, when the object goes.
class Process {
 public:
  explicit Process(const std::function<void()>& body) : id_(fork()) {
    if (id_ != 0) return;
    alarm(50);
    body();
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  ~Process() { Kill(); }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  // As RunInChild's status.
  int Wait() {
    int status = 0;
    if (id_ <= 0 || waitpid(id_, &status, 0) != id_) return -1;
    id_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void Kill() {
    if (id_ <= 0) return;
    kill(id_, SIGKILL);
    Wait();
  }

 private:
  pid_t id_;
};

[[noreturn]] inline void SleepUntilKilled() {
  while (true) pause();
}

inline bool JoinTestCohort(const TempFolder& folder) { return cohort::Join(folder.path(), kIdentity); }

inline CohortView ViewNow() { return cohort::View(os::NowNanoseconds()); }

inline CohortMember Member(uint64_t anonymous, uint64_t releasable, uint64_t demand) {
  CohortMember member;
  member.anonymous_bytes = anonymous;
  member.releasable_bytes = releasable;
  member.demand_bytes = demand;
  return member;
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_COHORT_COHORT_SUPPORT_H_
