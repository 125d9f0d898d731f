// The kernel's own PSI files.
#include <gtest/gtest.h>
#include <unistd.h>

#include "governor/pressure/watch.h"

namespace memgov {
namespace {

TEST(WatchKernelTest, TakesOurTrigger) {
  CgroupFiles files;
  files.Find("");
  PressureWatch watch;
  watch.Open(files, "", nullptr, nullptr, true);
  if (watch.psi() == WatchState::kAbsent) GTEST_SKIP() << "no PSI file: the kernel has PSI off";
  if (watch.psi() == WatchState::kPolled)
    GTEST_SKIP() << watch.psi_path() << " takes no trigger (before Linux 6.6)";
  pollfd descriptors[PressureWatch::kMostDescriptors];
  const int count = watch.Descriptors(descriptors);
  ASSERT_GE(count, 1);
  // Pressure there may be; a trigger that is none would answer POLLERR.
  EXPECT_GE(poll(descriptors, static_cast<nfds_t>(count), 0), 0);
  EXPECT_EQ(descriptors[0].revents & (POLLERR | POLLNVAL), 0);
  watch.Collect(descriptors, count);
  EXPECT_EQ(watch.psi(), WatchState::kWatched);
  for (int index = 0; index < count; ++index) close(descriptors[index].fd);
}

// Files below /proc/pressure replace the last byte written.
TEST(WatchKernelTest, TheSystemsFileTakesItToo) {
  const CgroupFiles none;
  PressureWatch watch;
  watch.Open(none, "", nullptr, nullptr, true);
  if (watch.psi() == WatchState::kAbsent) GTEST_SKIP() << "no /proc/pressure/memory: the kernel has PSI off";
  if (watch.psi() == WatchState::kPolled)
    GTEST_SKIP() << "it takes no trigger (before Linux 6.6, or read-only)";
  EXPECT_STREQ(watch.psi_path(), "/proc/pressure/memory");
  pollfd descriptor;
  ASSERT_EQ(watch.Descriptors(&descriptor), 1);
  EXPECT_GE(poll(&descriptor, 1, 0), 0);
  EXPECT_EQ(descriptor.revents & (POLLERR | POLLNVAL), 0);
  close(descriptor.fd);
}

}  // namespace
}  // namespace memgov
