#include "governor/cli/proc/mappings.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "unit/cli/proc/proc_folder.h"

namespace memgov::cli {
namespace {

std::string Smaps(const std::string& line, int resident_kb = 4) {
  return absl::StrCat(line, "\nSize:   8 kB\nRss:   ", resident_kb,
                      " kB\nPss:  2 kB\nPss_Dirty:  1 kB\nAnonymous:  ", resident_kb,
                      " kB\nLazyFree:  1 kB\nAnonHugePages:  2048 kB\nSwap:  3 kB\nVmFlags: rd wr\n");
}

std::vector<Mapping> Read(const std::string& smaps) {
  const ProcFolder proc;
  proc.Write("7/smaps", smaps);
  auto mappings = ReadMappings(7, proc.root());
  EXPECT_TRUE(mappings.ok()) << mappings.status();
  return mappings.ok() ? *mappings : std::vector<Mapping>();
}

TEST(Mappings, ReadsFiguresOfEach) {
  const auto mappings = Read(Smaps("7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ", 12));
  ASSERT_EQ(mappings.size(), 1u);
  EXPECT_EQ(mappings[0].size(), 4096u);
  EXPECT_EQ(mappings[0].resident_bytes, 12u << 10);
  EXPECT_EQ(mappings[0].proportional_bytes, 2u << 10);
  EXPECT_EQ(mappings[0].anonymous_bytes, 12u << 10);
  EXPECT_EQ(mappings[0].lazy_free_bytes, 1u << 10);
  EXPECT_EQ(mappings[0].huge_bytes, 2048u << 10);
  EXPECT_EQ(mappings[0].swap_bytes, 3u << 10);
  EXPECT_EQ(mappings[0].name, "");
}

TEST(Mappings, HostileNamesStayNames) {
  const auto mappings = Read(Smaps(
      "7f0000000000-7f0000001000 r--p 00000000 08:01 5                  /tmp/a b\\012Rss: 99 kB\x1b[2J"));
  ASSERT_EQ(mappings.size(), 1u);
  EXPECT_EQ(mappings[0].name, "/tmp/a b\\012Rss: 99 kB\x1b[2J");
  EXPECT_EQ(mappings[0].resident_bytes, 4u << 10);
}

TEST(Mappings, GarbageIsDataLoss) {
  const ProcFolder proc;
  for (const char* text : {"x", "7f00-7e00 rw-p 0 0:0 0\n", "7f00-8f00 rw 0 0:0 0\n",
                           "7f00-8f00 rw-p 0 0:0 x\n", "9000-a000 rw-p 0 0:0 0\n8000-9000 rw-p 0 0:0 0\n"}) {
    proc.Write("7/smaps", text);
    EXPECT_EQ(ReadMappings(7, proc.root()).status().code(), absl::StatusCode::kDataLoss) << text;
  }
  proc.Write("7/smaps", std::string(100000, 'f'));
  EXPECT_EQ(ReadMappings(7, proc.root()).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Mappings, KindsByName) {
  const auto mappings = Read(Smaps("00400000-00500000 r-xp 00000000 08:01 5 /bin/x") +
                             Smaps("00500000-00501000 rw-p 00100000 08:01 5 /bin/x") +
                             Smaps("00501000-00502000 rw-p 00000000 00:00 0 ") +
                             Smaps("01000000-01100000 rw-p 00000000 00:00 0 [heap]") +
                             Smaps("7f0000000000-7f0000001000 rw-s 00000000 00:05 9 /memfd:x (deleted)") +
                             Smaps("7f0000002000-7f0000003000 r--p 00000000 08:01 6 /usr/share/x") +
                             Smaps("7f0000004000-7f0000005000 rw-p 00000000 00:00 0 [anon:jit]") +
                             Smaps("7f0000006000-7f0000007000 ---p 00000000 00:00 0 ") +
                             Smaps("7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0 [stack]") +
                             Smaps("7ffd00030000-7ffd00031000 r-xp 00000000 00:00 0 [vdso]"));
  std::vector<MappingKind> kinds;
  for (const Mapping& mapping : mappings) kinds.push_back(mapping.kind);
  EXPECT_EQ(kinds,
            (std::vector<MappingKind>{MappingKind::kProgram, MappingKind::kProgram, MappingKind::kProgram,
                                      MappingKind::kMainHeap, MappingKind::kSharedMemory, MappingKind::kFile,
                                      MappingKind::kAnonymous, MappingKind::kReserved,
                                      MappingKind::kMainStack, MappingKind::kKernel}));
}

TEST(Mappings, HeapsOfArenasAndGuardedStacks) {
  const auto mappings =
      Read(Smaps("7f0000000000-7f0000021000 rw-p 00000000 00:00 0 ") +  // a heap of 64 MiB
           Smaps("7f0000021000-7f0004000000 ---p 00000000 00:00 0 ") +
           Smaps("7f0004000000-7f0008000000 rw-p 00000000 00:00 0 ") +  // one that is full
           Smaps("7f0010000000-7f0010021000 rw-p 00000000 00:00 0 ") +  // rest is not 64 MiB
           Smaps("7f0010021000-7f0010030000 ---p 00000000 00:00 0 ") +
           Smaps("7f0011000000-7f0011001000 ---p 00000000 00:00 0 ") +  // guard and stack
           Smaps("7f0011001000-7f0011801000 rw-p 00000000 00:00 0 "));
  std::vector<MappingKind> kinds;
  for (const Mapping& mapping : mappings) kinds.push_back(mapping.kind);
  EXPECT_EQ(kinds, (std::vector<MappingKind>{MappingKind::kMallocArena, MappingKind::kMallocArena,
                                             MappingKind::kMallocArena, MappingKind::kAnonymous,
                                             MappingKind::kReserved, MappingKind::kReserved,
                                             MappingKind::kThreadStack}));
}

TEST(Mappings, ChunksOnAGibibyte) {
  auto mappings = Read(Smaps("129980000000-12998440c000 rw-p 00000000 00:00 0 ") +
                       Smaps("12998440c000-129990000000 ---p 00000000 00:00 0 ") +
                       Smaps("1299c0001000-1299c4001000 rw-p 00000000 00:00 0 "));
  MarkChunks(mappings);
  EXPECT_EQ(mappings[0].kind, MappingKind::kChunk);
  EXPECT_EQ(mappings[1].kind, MappingKind::kChunk);
  EXPECT_EQ(mappings[2].kind, MappingKind::kAnonymous);
}

TEST(Mappings, StackPointersTellStacksWithoutAGuard) {
  auto mappings = Read(Smaps("7f0000000000-7f0000100000 rw-p 00000000 00:00 0 ") +
                       Smaps("7f0000200000-7f0000300000 rw-p 00000000 00:00 0 "));
  MarkStacks(mappings, {0, 0x7f00002ff000, 0x7f0000100000});
  EXPECT_EQ(mappings[0].kind, MappingKind::kAnonymous);
  EXPECT_EQ(mappings[1].kind, MappingKind::kThreadStack);
}

TEST(Mappings, FindsByAddress) {
  const auto mappings = Read(Smaps("1000-2000 rw-p 0 0:0 0 ") + Smaps("3000-4000 rw-p 0 0:0 0 "));
  EXPECT_EQ(FindMapping(mappings, 0xfff), nullptr);
  EXPECT_EQ(FindMapping(mappings, 0x1000), &mappings[0]);
  EXPECT_EQ(FindMapping(mappings, 0x2000), nullptr);
  EXPECT_EQ(FindMapping(mappings, 0x3fff), &mappings[1]);
  EXPECT_EQ(FindMapping(mappings, 0x4000), nullptr);
}

}  // namespace
}  // namespace memgov::cli
