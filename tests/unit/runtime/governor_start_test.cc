// When the governor's thread starts, when it must not, and what it is like.
#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "governor/base/os.h"
#include "governor/config/options.h"
#include "governor/runtime/governor.h"
#include "unit/child.h"
#include "unit/fake_engine.h"
#include "unit/runtime/fake_host.h"

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;
const void* const kHostCaller = reinterpret_cast<const void*>(uintptr_t{0x1000});

TEST(GovernorStartTest, ThePoolOfThreadsBringsItsThread) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    EXPECT_EQ(governor::InstalledEngine(), &engine);
    EXPECT_FALSE(governor::Running());
    errno = 4711;
    governor::NoteThreadCreated();
    EXPECT_EQ(errno, 4711);
    EXPECT_TRUE(governor::Running());
    EXPECT_TRUE(WaitUntil([] { return FindThread("memgov") != 0; }));
    const std::string before = ThreadCount();
    governor::NoteThreadCreated();
    EXPECT_EQ(ThreadCount(), before);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorStartTest, AllSignalsAreBlockedButTheCLibrarysTwo) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    const std::string mine = StatusField(getpid(), "SigBlk");
    governor::NoteThreadCreated();
    EXPECT_EQ(StatusField(getpid(), "SigBlk"), mine);
    EXPECT_TRUE(WaitUntil([] { return FindThread("memgov") != 0; }));
    // Signals 9 and 19 cannot be blocked; 32 and 33 are setgid's and pthread_cancel's.
    EXPECT_EQ(StatusField(FindThread("memgov"), "SigBlk"), "fffffffe7ffbfeff");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// With no pressure files to watch and nobody to answer it holds what it is woken by, and nothing of the
// host's.
TEST(GovernorStartTest, ItsDescriptorTableIsItsOwn) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    ASSERT_TRUE(options::Set(Option::kPressure, "off"));
    ASSERT_TRUE(options::Set(Option::kExport, "off"));
    InstallGovernor(engine);
    const int mine = OpenDescriptors(getpid());
    EXPECT_GE(mine, 3);
    governor::NoteThreadCreated();
    EXPECT_TRUE(WaitUntil([] { return FindThread("memgov") != 0; }));
    const pid_t thread = FindThread("memgov");
    EXPECT_TRUE(WaitUntil([=] { return OpenDescriptors(thread) == 1; }));
    EXPECT_EQ(OpenDescriptors(getpid()), mine);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorStartTest, NeverMeansNever) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    ASSERT_TRUE(options::Set(Option::kThread, "never"));
    InstallGovernor(engine);
    const std::string before = ThreadCount();
    governor::NoteThreadCreated();
    governor::NoteActivity(*threads::current, 1000 * kMega, kHostCaller);
    EXPECT_FALSE(governor::Running());
    EXPECT_EQ(ThreadCount(), before);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorStartTest, TheKillSwitchLeavesNothing) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    ASSERT_TRUE(options::Set(Option::kGovernor, "off"));
    InstallGovernor(engine);
    const std::string before = ThreadCount();
    EXPECT_EQ(governor::InstalledEngine(), nullptr);
    governor::NoteThreadCreated();
    governor::NoteActivity(*threads::current, 1000 * kMega, kHostCaller);
    EXPECT_EQ(governor::ReleaseNow(ReleaseReason::kApi), 0U);
    governor::AtExit();
    EXPECT_EQ(engine.give_backs, 0);
    EXPECT_EQ(ThreadCount(), before);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "");
}

TEST(GovernorStartTest, AProcessWithoutThreadsGetsOneAtTheThreshold) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    governor::NoteActivity(*threads::current, 63 * kMega, kHostCaller);
    EXPECT_FALSE(governor::Running());
    governor::NoteActivity(*threads::current, kMega, kHostCaller);
    EXPECT_TRUE(governor::Running());
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorStartTest, NotFromTheLoaderNorFromWithinTheEngineNorInAVforkChild) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    ThreadRecord& record = *threads::current;
    governor::SetLoaderRange(0x1000, 0x2000);
    governor::NoteActivity(record, 100 * kMega, kHostCaller);
    EXPECT_FALSE(governor::Running());
    governor::NoteActivity(record, kMega, nullptr);
    EXPECT_FALSE(governor::Running());
    const void* host = reinterpret_cast<const void*>(uintptr_t{0x2000});
    record.busy = 1;
    governor::NoteActivity(record, kMega, host);
    EXPECT_FALSE(governor::Running());
    record.busy = 0;
    record.vfork_thread = getpid() + 1;  // the parent's id: this thread is its child
    governor::NoteActivity(record, kMega, host);
    EXPECT_FALSE(governor::Running());
    record.vfork_thread = getpid();
    governor::NoteActivity(record, kMega, host);
    EXPECT_TRUE(governor::Running());
    EXPECT_EQ(record.vfork_thread, 0);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

// pthread_create is tried with two stack sizes; refused both times, nobody asks again.
TEST(GovernorStartTest, ARefusedThreadIsNotAskedForAgain) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    const std::string before = ThreadCount();
    os::FailNth(os::Call::kPthreadCreate, 1, true);
    governor::NoteThreadCreated();
    EXPECT_FALSE(governor::Running());
    os::FailNth(os::Call::kPthreadCreate, 0, false);
    governor::NoteThreadCreated();
    governor::NoteActivity(*threads::current, 100 * kMega, kHostCaller);
    EXPECT_FALSE(governor::Running());
    EXPECT_EQ(ThreadCount(), before);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(GovernorStartTest, TheSecondStackSizeIsTried) {
  const ChildEnd end = RunInChild([] {
    static FakeEngine engine;
    InstallGovernor(engine);
    os::FailNth(os::Call::kPthreadCreate, 1, false);
    governor::NoteThreadCreated();
    EXPECT_TRUE(governor::Running());
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
