#include "governor/base/message.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "governor/base/check.h"
#include "unit/child.h"

namespace memgov {
namespace {

std::string TextOf(const TextWriter& writer) { return std::string(writer.data(), writer.size()); }

TEST(TextWriterTest, TextThatDoesNotFitIsCutAndTheNewlineStays) {
  TextBuffer<8> out;
  out.Text("abcdefghijkl").Line();
  EXPECT_EQ(TextOf(out), "abcdefg\n");
  out.Text("more").Line();
  EXPECT_EQ(TextOf(out), "abcdefg\n");
}

TEST(TextWriterTest, AnExactFitKeepsAll) {
  TextBuffer<8> out;
  out.Text("abcdefg").Line();
  EXPECT_EQ(TextOf(out), "abcdefg\n");
}

TEST(TextWriterTest, ControlCharactersCannotBreakTheLine) {
  TextBuffer<64> out;
  out.Text("a\nb\rc\td\x1b[1m\x7f").Text("gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(TextOf(out), "a?b?c?d?[1m?gr\xc3\xbc\xc3\x9f");
}

struct NumberCase {
  uint64_t value;
  const char* text;
};

TEST(TextWriterTest, NumbersAndHex) {
  TextBuffer<128> out;
  out.Number(0).Text(" ").Number(10).Text(" ").Number(UINT64_MAX).Text(" ");
  out.Hex(0).Text(" ").Hex(0x1f40).Text(" ").Hex(UINT64_MAX);
  EXPECT_EQ(TextOf(out), "0 10 18446744073709551615 0x0 0x1f40 0xffffffffffffffff");
}

TEST(TextWriterTest, Bytes) {
  constexpr NumberCase kCases[] = {{0, "0 B"},
                                   {1, "1 B"},
                                   {1023, "1023 B"},
                                   {1024, "1.0 KB"},
                                   {1535, "1.4 KB"},
                                   {1536, "1.5 KB"},
                                   {1048575, "1023.9 KB"},
                                   {1048576, "1.0 MB"},
                                   {1073741823, "1023.9 MB"},
                                   {1073741824, "1.0 GB"},
                                   {uint64_t{5} << 40, "5120.0 GB"},
                                   {UINT64_MAX, "17179869183.9 GB"}};
  for (const NumberCase& one : kCases) {
    TextBuffer<32> out;
    EXPECT_EQ(TextOf(out.Bytes(one.value)), one.text);
  }
}

TEST(TextWriterTest, Durations) {
  constexpr NumberCase kCases[] = {{0, "0 ns"},
                                   {999, "999 ns"},
                                   {1000, "1.0 us"},
                                   {12345, "12.3 us"},
                                   {999999, "999.9 us"},
                                   {1000000, "1.0 ms"},
                                   {999999999, "999.9 ms"},
                                   {1000000000, "1.0 s"},
                                   {90000000000, "90.0 s"},
                                   {UINT64_MAX, "18446744073.7 s"}};
  for (const NumberCase& one : kCases) {
    TextBuffer<32> out;
    EXPECT_EQ(TextOf(out.Duration(one.value)), one.text);
  }
}

TEST(TextWriterTest, ColumnsCountFromTheLineAndLeaveAtLeastOneBlank) {
  TextBuffer<64> out;
  out.Text("first line").Line().Text("ab").Column(6).Text("c").Column(3).Text("d");
  EXPECT_EQ(TextOf(out), "first line\nab    c d");
}

TEST(TextWriterTest, AColumnBeyondTheCapacityEnds) {
  TextBuffer<8> out;
  out.Text("ab").Column(100).Line();
  EXPECT_EQ(TextOf(out), "ab     \n");
}

TEST(EmitTextTest, WritesAllOfIt) {
  std::string text(300000, 'x');
  text += "end\n";
  const ChildEnd end = RunInChild([&] {
    std::string storage(text.size() + 1, '\0');
    TextWriter out(storage.data(), storage.size());
    out.Text(text.substr(0, text.size() - 1).c_str()).Line();
    EmitText(out);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_TRUE(end.error_text == text) << end.error_text.size() << " bytes came";
}

TEST(EmitTextTest, AClosedStandardErrorIsNoErrorAndErrnoIsKept) {
  const ChildEnd end = RunInChild([] {
    close(STDERR_FILENO);
    errno = 4711;
    Message()->Text("to nobody");
    EXPECT_EQ(errno, 4711);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "");
}

TEST(MessageTest, IsOneLineWithThePrefix) {
  const ChildEnd end = RunInChild([] { Message()->Text("two\nlines ").Number(2); });
  EXPECT_EQ(end.error_text, "memgov: two?lines 2\n");
}

TEST(MessageTest, ALongOneIsCutAndStaysALine) {
  const ChildEnd end = RunInChild([] { Message()->Text(std::string(1000, 'y').c_str()); });
  EXPECT_EQ(end.error_text, "memgov: " + std::string(480 - 8 - 1, 'y') + "\n");
}

TEST(MessageTest, ReachesTheProcessFromAThreadWithDescriptorsOfItsOwn) {
  const ChildEnd end = RunInChild([] {
    std::thread([] {
      constexpr unsigned kUnshare = 2;
      constexpr long kCloseRange = 436;
      if (syscall(kCloseRange, 0U, ~0U, kUnshare) != 0) _exit(77);
      UsePrivateDescriptors();
      Message()->Text("from afar");
    }).join();
  });
  if (end.status == 77) GTEST_SKIP() << "close_range(CLOSE_RANGE_UNSHARE) needs Linux 5.9";
  EXPECT_EQ(end.status, 0) << end.error_text;
  EXPECT_EQ(end.error_text, "memgov: from afar\n");
}

// Service managers' filters do not know pidfd_getfd, and may kill for what they do not know.
bool KillForBorrowing() {
  constexpr unsigned kPidfdGetfd = 438;
  sock_filter filter[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, kPidfdGetfd},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS},
  };
  const sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(MessageTest, IsNoReasonToDieUnderAFilter) {
  const ChildEnd end = RunInChild([] {
    std::thread([] {
      if (!KillForBorrowing()) _exit(77);
      UsePrivateDescriptors();
      Message()->Text("from afar");
    }).join();
  });
  if (end.status == 77) GTEST_SKIP() << "no seccomp filters here";
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "memgov: from afar\n");
}

TEST(CheckDeathTest, StopsWithOneSentence) {
  MEMGOV_CHECK(1 + 1 == 2, "arithmetic is broken");
  EXPECT_EXIT(MEMGOV_CHECK(1 + 1 == 3, "arithmetic is well"), testing::KilledBySignal(SIGABRT),
              "^memgov: internal error: arithmetic is well\n$");
}

}  // namespace
}  // namespace memgov
