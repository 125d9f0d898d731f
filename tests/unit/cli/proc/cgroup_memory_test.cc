#include "governor/cli/proc/cgroup_memory.h"

#include <gtest/gtest.h>

#include "unit/cli/proc/proc_folder.h"

namespace memgov::cli {
namespace {

constexpr const char* kV2Mount = "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr const char* kHybridMounts =
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

TEST(CgroupMemory, V2TakesTheLeastLimitOfThePath) {
  const ProcFolder root;
  root.Write("proc/7/cgroup", "0::/pod/web\n");
  root.Write("proc/self/mountinfo", kV2Mount);
  const std::string pod = "sys/fs/cgroup/pod/";
  root.Write(pod + "memory.max", "1000000\n");
  root.Write(pod + "web/memory.max", "max\n");
  root.Write(pod + "web/memory.high", "2000000\n");
  root.Write(pod + "web/memory.current", "800000\n");
  root.Write(pod + "web/memory.stat",
             "anon 500000\nfile 200000\nkernel 50000\nanon_thp 7\ninactive_file 120000\n");
  root.Write(pod + "web/memory.events", "low 0\nhigh 3\nmax 4\noom 2\noom_kill 1\n");
  root.Write(pod + "web/memory.pressure",
             "some avg10=0.00 avg60=0.00 avg300=0.00 total=77\nfull avg10=0 total=5\n");
  const auto memory = ReadCgroupMemory(7, root.root());
  ASSERT_TRUE(memory.ok()) << memory.status();
  EXPECT_EQ(memory->version, 2);
  EXPECT_TRUE(memory->has_limit);
  EXPECT_EQ(memory->limit_bytes, 1000000u);
  EXPECT_EQ(memory->usage_bytes, 800000u);
  EXPECT_EQ(memory->anonymous_bytes, 500000u);
  EXPECT_EQ(memory->file_bytes, 200000u);
  EXPECT_EQ(memory->kernel_bytes, 50000u);
  EXPECT_EQ(memory->working_set_bytes, 680000u);
  EXPECT_EQ(memory->limit_hits, 4u);
  EXPECT_EQ(memory->oom_kills, 1u);
  EXPECT_EQ(memory->stalled_some_us, 77u);
}

TEST(CgroupMemory, HybridReadsV1AndThePressureOfTheUnifiedTree) {
  const ProcFolder root;
  root.Write("proc/7/cgroup", "4:memory:/job\n0::/job\n");
  root.Write("proc/self/mountinfo", kHybridMounts);
  const std::string job = "sys/fs/cgroup/memory/job/";
  root.Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  root.Write(job + "memory.limit_in_bytes", "9223372036854771712\n");
  root.Write(job + "memory.usage_in_bytes", "300\n");
  root.Write(job + "memory.stat",
             "cache 10\nrss 20\ntotal_cache 100\ntotal_rss 200\ntotal_inactive_file 400\n");
  root.Write(job + "memory.kmem.usage_in_bytes", "30\n");
  root.Write(job + "memory.failcnt", "6\n");
  root.Write(job + "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
  root.Write("sys/fs/cgroup/unified/job/memory.pressure", "some avg10=0 avg60=0 avg300=0 total=9\n");
  const auto memory = ReadCgroupMemory(7, root.root());
  ASSERT_TRUE(memory.ok()) << memory.status();
  EXPECT_EQ(memory->version, 1);
  EXPECT_FALSE(memory->has_limit);
  EXPECT_EQ(memory->limit_bytes, UINT64_MAX);
  EXPECT_EQ(memory->anonymous_bytes, 200u);
  EXPECT_EQ(memory->file_bytes, 100u);
  EXPECT_EQ(memory->kernel_bytes, 30u);
  EXPECT_EQ(memory->working_set_bytes, 0u) << "no less than nothing";
  EXPECT_EQ(memory->limit_hits, 6u);
  EXPECT_EQ(memory->oom_kills, 2u);
  EXPECT_EQ(memory->stalled_some_us, 9u);
}

TEST(CgroupMemory, WithoutAControllerThereIsNone) {
  const ProcFolder root;
  root.Write("proc/7/cgroup", "0::/job\n");
  root.Write("proc/self/mountinfo", kV2Mount);
  root.Write("sys/fs/cgroup/job/cgroup.procs", "7\n");
  EXPECT_EQ(ReadCgroupMemory(7, root.root()).status().code(), absl::StatusCode::kNotFound);
  root.Write("proc/7/cgroup", "0::/../elsewhere\n");
  EXPECT_EQ(ReadCgroupMemory(7, root.root()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadCgroupMemory(8, root.root()).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace memgov::cli
