#include "governor/cli/proc/threads.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "unit/cli/proc/proc_folder.h"

namespace memgov::cli {
namespace {

TEST(Threads, PoolsAreNamesWithoutTheirNumbers) {
  EXPECT_EQ(PoolOf("parse-pool-17"), "parse-pool");
  EXPECT_EQ(PoolOf("http_#3"), "http");
  EXPECT_EQ(PoolOf("main"), "main");
  EXPECT_EQ(PoolOf("1234"), "1234");
  EXPECT_EQ(PoolOf(""), "");
}

void WriteThread(const ProcFolder& proc, int id, const std::string& name, const std::string& syscall,
                 int switches) {
  const std::string folder = absl::StrCat("7/task/", id, "/");
  proc.Write(folder + "comm", name + "\n");
  proc.Write(folder + "status", absl::StrCat("Name:\tx\nState:\tS (sleeping)\nvoluntary_ctxt_switches:\t",
                                             switches, "\nnonvoluntary_ctxt_switches:\t2\n"));
  proc.Write(folder + "syscall", syscall);
}

TEST(Threads, ReadsNameStateSwitchesAndStack) {
  const ProcFolder proc;
  WriteThread(proc, 8, "io-1", "202 0x1 0x80 0x0 0x0 0x0 0x0 0x7f0000001230 0x7f0000999999\n", 5);
  WriteThread(proc, 9, "io-2", "running\n", 6);
  proc.Write("7/task/10/comm", "half gone\n");
  auto threads = ReadThreads(7, proc.root());
  ASSERT_TRUE(threads.ok()) << threads.status();
  ASSERT_EQ(threads->size(), 2u);
  if ((*threads)[0].id != 8) std::swap((*threads)[0], (*threads)[1]);
  EXPECT_EQ((*threads)[0].name, "io-1");
  EXPECT_EQ((*threads)[0].state, 'S');
  EXPECT_EQ((*threads)[0].switches, 7u);
  EXPECT_EQ((*threads)[0].stack_pointer, 0x7f0000001230u);
  EXPECT_EQ((*threads)[1].stack_pointer, 0u);
}

TEST(Threads, ParkedIsWhoSleptAllTheTime) {
  const std::vector<Thread> before = {{1, "x", 'S', 1, 0}, {2, "io-1", 'S', 10, 0}, {3, "io-2", 'S', 10, 0}};
  const std::vector<Thread> now = {
      {1, "x", 'S', 1, 0}, {2, "io-1", 'S', 10, 0}, {3, "io-2", 'S', 11, 0}, {4, "io-3", 'S', 0, 0}};
  const std::vector<ThreadPool> pools =
      GroupThreads(before, now, [](const Thread& thread) { return PoolOf(thread, 1); });
  ASSERT_EQ(pools.size(), 2u);
  EXPECT_EQ(pools[0].name, "io");
  EXPECT_EQ(pools[0].threads, 3u);
  EXPECT_EQ(pools[0].parked, 1u) << "one woke up, one is new";
  EXPECT_EQ(pools[1].name, "main");
  EXPECT_EQ(pools[1].parked, 1u);
}

TEST(Threads, OfNoProcess) {
  const ProcFolder proc;
  EXPECT_EQ(ReadThreads(7, proc.root()).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace memgov::cli
