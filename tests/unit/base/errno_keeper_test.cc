#include "governor/base/errno_keeper.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace memgov {
namespace {

TEST(ErrnoKeeperTest, WhatHappensInsideIsForgotten) {
  errno = 4711;
  {
    const ErrnoKeeper keep;
    EXPECT_EQ(close(-1), -1);
    EXPECT_EQ(errno, EBADF);
  }
  EXPECT_EQ(errno, 4711);
}

TEST(ErrnoKeeperTest, Nests) {
  errno = 1;
  {
    const ErrnoKeeper outer;
    errno = 2;
    {
      const ErrnoKeeper inner;
      errno = 3;
    }
    EXPECT_EQ(errno, 2);
  }
  EXPECT_EQ(errno, 1);
}

}  // namespace
}  // namespace memgov
