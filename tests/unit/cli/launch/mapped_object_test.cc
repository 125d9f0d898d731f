#include "governor/cli/launch/mapped_object.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/cli/launch/scratch.h"

namespace memgov::cli {
namespace {

constexpr const char* kRange = "7f0000000000-7f0000001000 r-xp 00000000 08:01 42   ";

class MappedObject : public ::testing::Test {
 protected:
  Mapped Look(const std::string& library, const std::string& maps) {
    scratch_.Write("proc/7/maps", maps);
    return LookForObject(7, library, scratch_.path() + "/proc");
  }
  const Scratch scratch_;
};

TEST_F(MappedObject, ThereBehindALink) {
  const std::string file = scratch_.Write("lib/libmemgov-arena.so", "");
  const std::string link = scratch_.path() + "/lib/libmemgov.so";
  ASSERT_EQ(symlink("libmemgov-arena.so", link.c_str()), 0);
  EXPECT_EQ(Look(link, kRange + file + "\n"), Mapped::kYes);
}

TEST_F(MappedObject, NotThereOnceTheCLibraryIs) {
  const std::string object = scratch_.Write("lib/libmemgov.so", "");
  EXPECT_EQ(Look(object, std::string(kRange) + "/usr/bin/true\n"), Mapped::kNotYet);
  EXPECT_EQ(Look(object, std::string(kRange) + "/lib/x86_64-linux-gnu/libc.so.6\n"), Mapped::kNo);
  EXPECT_EQ(Look(object, std::string(kRange) + "/lib/libc-2.31.so\n"), Mapped::kNo);
  EXPECT_EQ(Look(object, kRange + object + " (deleted)\n"), Mapped::kNotYet);
}

TEST_F(MappedObject, OfNobody) {
  EXPECT_EQ(LookForObject(8, "/lib/libmemgov.so", scratch_.path() + "/proc"), Mapped::kGone);
}

TEST_F(MappedObject, ThisTestHasNone) {
  EXPECT_EQ(LookForObject(getpid(), "/lib/libmemgov.so"), Mapped::kNo);
}

}  // namespace
}  // namespace memgov::cli
