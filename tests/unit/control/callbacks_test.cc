#include "governor/control/callbacks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "governor/base/os.h"
#include "unit/child.h"
#include "unit/runtime/fake_host.h"

namespace memgov {
namespace {

using callbacks::Event;

struct Log {
  std::mutex mutex;
  std::vector<std::string> lines;

  void Add(const std::string& line) {
    std::lock_guard<std::mutex> lock(mutex);
    lines.push_back(line);
  }
  size_t Size() {
    std::lock_guard<std::mutex> lock(mutex);
    return lines.size();
  }
};
Log* log = nullptr;

void Run(const Event& event, void* call, void* data) {
  reinterpret_cast<void (*)(const Event&, void*)>(call)(event, data);
}

int Register(void (*call)(const Event&, void*), void* data) {
  return callbacks::Register(Run, reinterpret_cast<void*>(call), data);
}

void Note(const Event& event, void* data) {
  log->Add(std::string(static_cast<const char*>(data)) + " " + RungName(event.rung));
}

void Start() {
  log = new Log;
  callbacks::Install(CreateThread);
}

char one[] = "one";
char two[] = "two";

TEST(CallbacksTest, RunInTheOrderOfRegistration) {
  const ChildEnd end = RunInChild([] {
    Start();
    const int first = Register(Note, one);
    EXPECT_GT(first, 0);
    EXPECT_GT(Register(Note, two), first);
    callbacks::Post({.rung = Rung::kSoft});
    EXPECT_TRUE(WaitUntil([] { return log->Size() == 2; }));
    EXPECT_EQ(log->lines, (std::vector<std::string>{"one soft", "two soft"}));
    EXPECT_TRUE(callbacks::Unregister(first));
    EXPECT_FALSE(callbacks::Unregister(first));
    EXPECT_FALSE(callbacks::Unregister(0));
    callbacks::Post({.rung = Rung::kHard});
    EXPECT_TRUE(WaitUntil([] { return log->Size() == 3; }));
    EXPECT_EQ(log->lines[2], "two hard");
    EXPECT_EQ(callbacks::ReadCounters().calls, 3u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CallbacksTest, SixteenAndNoMore) {
  const ChildEnd end = RunInChild([] {
    Start();
    EXPECT_EQ(Register(nullptr, one), 0);
    int last = 0;
    for (int index = 0; index < callbacks::kMostCallbacks; ++index) EXPECT_GT(last = Register(Note, one), 0);
    EXPECT_EQ(Register(Note, one), 0);
    EXPECT_TRUE(callbacks::Unregister(last));
    EXPECT_GT(Register(Note, two), last);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CallbacksTest, WithoutAThreadThereAreNone) {
  const ChildEnd end = RunInChild([] {
    Start();
    os::FailNth(os::Call::kPthreadCreate, 1, false);
    EXPECT_EQ(Register(Note, one), 0);
    EXPECT_GT(Register(Note, one), 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

std::atomic<int> own_id{0};

void UnregisterMyself(const Event&, void*) {
  log->Add("once");
  EXPECT_TRUE(callbacks::Unregister(own_id));
}

TEST(CallbacksTest, OneMayUnregisterItself) {
  const ChildEnd end = RunInChild([] {
    Start();
    own_id = Register(UnregisterMyself, nullptr);
    Register(Note, two);
    callbacks::Post({});
    EXPECT_TRUE(WaitUntil([] { return log->Size() == 2; }));
    callbacks::Post({});
    EXPECT_TRUE(WaitUntil([] { return log->Size() == 3; }));
    EXPECT_EQ(log->lines, (std::vector<std::string>{"once", "two normal", "two normal"}));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

std::atomic<bool> inside{false};
std::atomic<bool> leave{false};

void Block(const Event&, void*) {
  inside = true;
  while (!leave) os::SleepNanoseconds(1000000);
  inside = false;
}

TEST(CallbacksTest, UnregisterWaitsForTheCallInProgress) {
  const ChildEnd end = RunInChild([] {
    Start();
    const int id = Register(Block, nullptr);
    callbacks::Post({});
    EXPECT_TRUE(WaitUntil([] { return inside.load(); }));
    EXPECT_TRUE(WaitUntil([] { return callbacks::ReadCounters().running_ns > 1000000; }));
    std::thread([] {
      os::SleepNanoseconds(50000000);
      leave = true;
    }).detach();
    EXPECT_TRUE(callbacks::Unregister(id));
    EXPECT_FALSE(inside);
    EXPECT_TRUE(WaitUntil([] { return callbacks::ReadCounters().running_ns == 0; }));
    EXPECT_GT(callbacks::ReadCounters().longest_ns, 1000000u);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CallbacksTest, ABlockedOneKeepsNobodyFromPosting) {
  const ChildEnd end = RunInChild([] {
    Start();
    Register(Block, nullptr);
    Register(Note, one);
    callbacks::Post({});
    EXPECT_TRUE(WaitUntil([] { return inside.load(); }));
    for (int index = 0; index < 1000; ++index) callbacks::Post({.rung = Rung::kHard});
    EXPECT_GT(Register(Note, two), 0);
    leave = true;
    // The news of meanwhile is told once, and is the newest.
    EXPECT_TRUE(WaitUntil([] { return log->Size() >= 4; }));
    EXPECT_EQ(log->lines[1], "two hard");
    EXPECT_EQ(log->lines[3], "two hard");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CallbacksTest, ThreadsRegisterAndUnregisterWhileEventsFly) {
  const ChildEnd end = RunInChild([] {
    Start();
    std::atomic<bool> stop{false};
    std::thread poster([&] {
      while (!stop) callbacks::Post({.rung = Rung::kSoft});
    });
    std::vector<std::thread> threads;
    for (int index = 0; index < 4; ++index) {
      threads.emplace_back([] {
        for (int round = 0; round < 500; ++round) {
          std::atomic<int>* calls = new std::atomic<int>{0};
          const int id =
              Register([](const Event&, void* data) { ++*static_cast<std::atomic<int>*>(data); }, calls);
          EXPECT_GT(id, 0);
          EXPECT_TRUE(callbacks::Unregister(id));
          delete calls;  // a call that still ran would use it: the sanitizers watch
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    stop = true;
    poster.join();
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(CallbacksTest, AForkChildGetsAThreadOfItsOwn) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer allows no new thread after a fork with threads";
#endif
  const ChildEnd end = RunInChild([] {
    Start();
    Register(Note, one);
    EXPECT_TRUE(WaitUntil([] { return FindThread("memgov-call") != 0; }));
    const ChildEnd child = RunInChild([] {
      callbacks::ResetInChild();
      EXPECT_EQ(FindThread("memgov-call"), 0);
      callbacks::StartIfNeeded();
      callbacks::Post({.rung = Rung::kHard});
      EXPECT_TRUE(WaitUntil([] { return log->Size() == 1; }));
    });
    EXPECT_EQ(child.status, 0) << child.error_text;
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
