#include "governor/cli/proc/memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/cli/proc/proc_folder.h"

namespace memgov::cli {
namespace {

constexpr const char* kStatTail = " 1 7 7 0 -1 4194560 1234 0 5 0 3 2 0 0 20 0 149 0 987654 4096 100\n";

TEST(ProcMemory, ReadsStatAndStatmOfAnyName) {
  const ProcFolder proc;
  proc.Write("7/stat", std::string("7 (a) R 1 2) S") + kStatTail);
  proc.Write("7/statm", "1000 300 100 5 0 200 0\n");
  const auto brief = Proc(proc.root()).ReadBrief(7);
  ASSERT_TRUE(brief.ok()) << brief.status();
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  EXPECT_EQ(brief->command, "a) R 1 2");
  EXPECT_EQ(brief->state, 'S');
  EXPECT_EQ(brief->virtual_bytes, 1000 * page);
  EXPECT_EQ(brief->resident_bytes, 300 * page);
  EXPECT_EQ(brief->shared_bytes, 100 * page);
  EXPECT_EQ(brief->minor_faults, 1234u);
  EXPECT_EQ(brief->major_faults, 5u);
  EXPECT_EQ(brief->threads, 149u);
  EXPECT_EQ(brief->start_ticks, 987654u);
}

TEST(ProcMemory, GarbageIsDataLoss) {
  const ProcFolder proc;
  proc.Write("7/statm", "1000 300 100 5 0 200 0\n");
  for (const char* stat : {"", "7 (a", "7 (a) S 1 2", "7 (a) S x x x x x x x x x x x x x x x x x x x x\n"}) {
    proc.Write("7/stat", stat);
    EXPECT_EQ(Proc(proc.root()).ReadBrief(7).status().code(), absl::StatusCode::kDataLoss) << stat;
  }
  proc.Write("7/stat", std::string("7 (a) S") + kStatTail);
  for (const char* statm : {"", "12", "1 2 -3", "99999999999999999999 1 1", "18446744073709551615 1 1"}) {
    proc.Write("7/statm", statm);
    EXPECT_EQ(Proc(proc.root()).ReadBrief(7).status().code(), absl::StatusCode::kDataLoss) << statm;
  }
}

TEST(ProcMemory, StatusHasTheEffectiveUser) {
  const ProcFolder proc;
  proc.Write(
      "7/status",
      "Name:\tx\nUid:\t1000\t1001\t1000\t1000\nVmHWM:\t  2048 kB\nRssAnon:\t     100 kB\nRssFile:\t 50 kB\n"
      "RssShmem:\t 8 kB\nVmSwap:\t 4 kB\n");
  const auto status = Proc(proc.root()).ReadStatus(7);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->user, 1001u);
  EXPECT_EQ(status->peak_bytes, 2048u << 10);
  EXPECT_EQ(status->anonymous_bytes, 100u << 10);
  EXPECT_EQ(status->file_bytes, 50u << 10);
  EXPECT_EQ(status->shared_memory_bytes, 8u << 10);
  EXPECT_EQ(status->swap_bytes, 4u << 10);
}

TEST(ProcMemory, ThreadsAreNoProcesses) {
  const ProcFolder proc;
  proc.Write("7/status", "Name:\tx\nTgid:\t7\nUid:\t0\t0\t0\t0\n");
  proc.Write("8/status", "Name:\tx\nTgid:\t7\nUid:\t0\t0\t0\t0\n");
  const Proc reader(proc.root());
  EXPECT_TRUE(reader.CheckNoThread(7).ok());
  EXPECT_EQ(reader.CheckNoThread(8), absl::NotFoundError("8 is a thread of process 7"));
  EXPECT_TRUE(reader.CheckNoThread(9).ok()) << "whoever reads it says that there is none";
}

TEST(ProcMemory, RollupOfThisProcess) {
  const auto rollup = Proc().ReadRollup(getpid());
  ASSERT_TRUE(rollup.ok()) << rollup.status();
  EXPECT_GT(rollup->resident_bytes, 1u << 20);
  EXPECT_LE(rollup->proportional_bytes, rollup->resident_bytes);
  EXPECT_LE(rollup->anonymous_bytes, rollup->resident_bytes);
}

TEST(ProcMemory, CommandLineAndEnvironment) {
  const ProcFolder proc;
  proc.Write("7/cmdline", std::string("nginx\0-g\0\0", 10));
  proc.Write("7/environ", std::string("A=1\0B=x=y\0A=2\0broken\0", 21));
  const Proc reader(proc.root());
  EXPECT_EQ(*reader.ReadCommandLine(7), (std::vector<std::string>{"nginx", "-g", ""}));
  EXPECT_EQ(*reader.ReadCommand(7), "nginx");
  EXPECT_EQ(*reader.ReadEnvironment(7), (std::map<std::string, std::string>{{"A", "1"}, {"B", "x=y"}}));
}

TEST(ProcMemory, WithoutACommandLineTheNameCounts) {
  const ProcFolder proc;
  proc.Write("7/cmdline", "");
  proc.Write("7/stat", std::string("7 (kworker) I") + kStatTail);
  proc.Write("7/statm", "0 0 0 0 0 0 0\n");
  EXPECT_EQ(*Proc(proc.root()).ReadCommand(7), "kworker");
}

TEST(ProcMemory, AProcessThatIsGone) {
  const ProcFolder proc;
  const auto brief = Proc(proc.root()).ReadBrief(7);
  EXPECT_EQ(brief.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(brief.status().message(), "process 7: there is none");
}

}  // namespace
}  // namespace memgov::cli
