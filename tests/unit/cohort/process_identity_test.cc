#include "governor/cohort/process_identity.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <thread>

#include "unit/cohort/cohort_support.h"

namespace memgov {
namespace {

TEST(ParseProcessStatTest, Table) {
  const char* tail = " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 5 0 8812345 99 98";
  ProcessStat stat;
  for (const char* name : {"(nginx)", "(a b)", "(x) R 1 (y)", "()))", "(new\nline)"}) {
    EXPECT_TRUE(ParseProcessStat((std::string("4711 ") + name + " S" + tail).c_str(), &stat)) << name;
    EXPECT_EQ(stat.process, 4711U);
    EXPECT_EQ(stat.state, 'S');
    EXPECT_EQ(stat.threads, 5U);
    EXPECT_EQ(stat.start_ticks, 8812345U);
  }
}

TEST(ParseProcessStatTest, AnythingElseIsRefused) {
  ProcessStat stat;
  for (const char* text : {"", " ", "1", "1 (a", "1 (a)", "1 (a) ", "1 (a) S", "x (a) S 1 2 3",
                           "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 5 0",
                           "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 5 0 x"}) {
    EXPECT_FALSE(ParseProcessStat(text, &stat)) << text;
  }
}

TEST(ProcessWordTest, IsNeverZeroAndKeepsBothParts) {
  EXPECT_EQ(MakeProcessWord(4711, 0), 4711U);
  EXPECT_EQ(MakeProcessWord(4711, 5), (uint64_t{5} << 32) | 4711);
  EXPECT_EQ(MakeProcessWord(4711, uint64_t{1} << 32), (uint64_t{1} << 32) | 4711) << "0 is: not known";
}

TEST(IsGoneTest, NotThisProcessNorItsParent) {
  EXPECT_FALSE(IsGone(OwnProcessWord()));
  EXPECT_NE(OwnProcessWord() >> 32, 0U);
  EXPECT_FALSE(IsGone(MakeProcessWord(getppid(), 0))) << "by its id alone";
}

TEST(IsGoneTest, WordsThatNoProcessHas) {
  EXPECT_TRUE(IsGone(0));
  EXPECT_TRUE(IsGone(UINT64_MAX));
  EXPECT_TRUE(IsGone(uint64_t{7} << 32));
  EXPECT_TRUE(IsGone(OwnProcessWord() + (uint64_t{1} << 32))) << "the id was used again";
}

TEST(IsGoneTest, TheKilledAtOnceAndAlsoBeforeTheirParentWaits) {
  Process child(SleepUntilKilled);
  ProcessWord word = MakeProcessWord(child.id(), 0);
  EXPECT_FALSE(IsGone(word));
  SharedMemory<std::atomic<uint64_t>> own;
  Process other([&] {
    *own.operator->() = OwnProcessWord();
    SleepUntilKilled();
  });
  EXPECT_TRUE(WaitUntil([&] { return own->load() != 0; }));
  EXPECT_FALSE(IsGone(own->load()));
  kill(other.id(), SIGKILL);
  EXPECT_TRUE(WaitUntil([&] { return IsGone(own->load()); })) << "a zombie";
  child.Kill();
  EXPECT_TRUE(IsGone(word));
}

// A zombie by /proc's word, and alive.
TEST(IsGoneTest, NotWhenOnlyTheFirstThreadEnded) {
  SharedMemory<std::atomic<uint64_t>> own;
  Process child([&] {
    std::thread([&] {
      usleep(50000);
      *own.operator->() = OwnProcessWord();
      SleepUntilKilled();
    }).detach();
    syscall(SYS_exit, 0);  // this thread alone
  });
  EXPECT_TRUE(WaitUntil([&] { return own->load() != 0; }));
  EXPECT_FALSE(IsGone(own->load()));
}

TEST(IsGoneTest, KeepsErrnoAndDoubtsWhatItCannotRead) {
  const ProcessWord other = OwnProcessWord() + (uint64_t{1} << 32);
  errno = 77;
  os::FailNth(os::Call::kOpen, 1, false);
  EXPECT_FALSE(IsGone(other)) << "no /proc: the id exists";
  EXPECT_EQ(errno, 77);
}

}  // namespace
}  // namespace memgov
