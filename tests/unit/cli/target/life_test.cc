// Whose segment is it, when the process went on without its governor, or its id is another's?
#include "governor/cli/target/life.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "governor/cli/proc/memory.h"

namespace memgov::cli {
namespace {

// As a governor in this very thread would have written it.
Reading OfThisProcess() {
  struct stat status {};
  stat("/proc/self/ns/pid", &status);
  Reading reading;
  reading.pid = getpid();
  reading.pid_namespace = status.st_ino;
  reading.governor_thread = gettid();
  reading.start_ticks = Proc().ReadBrief(getpid())->start_ticks & 0xffffffff;
  return reading;
}

class LifeTest : public testing::Test {
 protected:
  void SetUp() override {
    pthread_getname_np(pthread_self(), name_, sizeof name_);
    pthread_setname_np(pthread_self(), "memgov");
  }
  void TearDown() override { pthread_setname_np(pthread_self(), name_); }
  char name_[16] = {};
};

TEST_F(LifeTest, GovernedWhileItsThreadIsThere) {
  const Reading reading = OfThisProcess();
  EXPECT_EQ(LifeOf(getpid(), reading), Life::kGoverned);
  pthread_setname_np(pthread_self(), "other");  // what an exec leaves: the process, but not the thread
  EXPECT_EQ(LifeOf(getpid(), reading), Life::kOther);
}

TEST_F(LifeTest, AnotherProcessOfTheSameId) {
  Reading reading = OfThisProcess();
  reading.start_ticks ^= 1;
  EXPECT_EQ(LifeOf(getpid(), reading), Life::kGone);
}

TEST_F(LifeTest, AnotherNamespaceOrFileName) {
  Reading reading = OfThisProcess();
  EXPECT_EQ(LifeOf(getpid() + 1, reading), Life::kOther);
  reading.pid_namespace += 1;
  EXPECT_EQ(LifeOf(getpid(), reading), Life::kOther);
}

TEST_F(LifeTest, GoneAfterItsEndAndAsAZombie) {
  Reading reading = OfThisProcess();
  const pid_t child = fork();
  if (child == 0) _exit(0);
  siginfo_t end{};
  waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOWAIT);
  reading.pid = child;
  reading.start_ticks = Proc().ReadBrief(child)->start_ticks & 0xffffffff;
  reading.governor_thread = 0;
  EXPECT_EQ(LifeOf(child, reading), Life::kGone);
  waitpid(child, nullptr, 0);
  EXPECT_EQ(LifeOf(child, reading), Life::kGone);
}

TEST_F(LifeTest, NothingIsLoadedHere) { EXPECT_EQ(FindOutLoaded(getpid()), Loaded::kNo); }

}  // namespace
}  // namespace memgov::cli
