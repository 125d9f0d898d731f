#include "governor/cli/launch/process_state.h"

#include <gtest/gtest.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "unit/cli/launch/scratch.h"

namespace memgov::cli {
namespace {

std::optional<ProcessState> Parsed(const std::string& stat) {
  const Scratch scratch;
  scratch.Write("7/stat", stat);
  return ReadProcessState(7, scratch.path());
}

std::string Stat(const std::string& state, const std::string& flags, const std::string& start_of_code) {
  return "7 (a) b) " + state + " 5 1 1 0 -1 " + flags + " 5 0 6 0 1 1 0 0 20 0 1 0 77 0 0 0 " +
         start_of_code + " 0\n";
}

TEST(ProcessState, WhoHasMemory) {
  EXPECT_TRUE(Parsed(Stat("S", "4194304", "94"))->has_memory);
  EXPECT_EQ(Parsed(Stat("S", "4194304", "94"))->parent, 5);
  EXPECT_FALSE(Parsed(Stat("R", "4194308", "94"))->has_memory);
  EXPECT_FALSE(Parsed(Stat("R", "4194304", "0"))->has_memory);
  EXPECT_FALSE(Parsed(Stat("Z", "4194304", "94"))->has_memory);
  EXPECT_TRUE(Parsed(Stat("Z", "4194304", "94"))->ended);
}

TEST(ProcessState, NoneOfTheKernels) {
  EXPECT_FALSE(Parsed("").has_value());
  EXPECT_FALSE(Parsed("7 (a) S").has_value());
  EXPECT_FALSE(Parsed("7 (a) S 5 1")->has_memory);
}

int Sleep(void*) {
  pause();
  return 0;
}

// What a child has that was cloned with these flags and executes nothing.
bool ChildHasMemory(int flags) {
  std::vector<char> stack(size_t{64} << 10);
  const pid_t child = clone(&Sleep, stack.data() + stack.size(), flags | SIGCHLD, nullptr);
  const std::optional<ProcessState> state = ReadProcessState(child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  return state.has_value() && state->has_memory;
}

TEST(ProcessState, AChildInItsParentsMemory) {
  if (syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0) != 0) GTEST_SKIP() << "kcmp(2) is not allowed";
  EXPECT_TRUE(ReadProcessState(getpid())->has_memory);
  EXPECT_TRUE(ChildHasMemory(0));
  EXPECT_FALSE(ChildHasMemory(CLONE_VM));
}

}  // namespace
}  // namespace memgov::cli
