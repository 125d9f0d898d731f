#include "governor/cli/launch/governed_figures.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace memgov::cli {
namespace {

// The C library of this very process: an object that it has.
std::string LoadedObject() {
  Dl_info found;
  return dladdr(reinterpret_cast<void*>(&abort), &found) != 0 ? found.dli_fname : "";
}

TEST(GovernedFigures, SeesTheObject) {
  GovernedFigures figures(LoadedObject());
  figures.Look({getpid()});
  EXPECT_TRUE(figures.governed());
  EXPECT_FALSE(figures.ran_without());
}

TEST(GovernedFigures, SeesThatItIsMissing) {
  GovernedFigures figures("/nowhere/libmemgov.so");
  figures.Look({getpid()});
  EXPECT_FALSE(figures.governed());
  EXPECT_TRUE(figures.ran_without());
  EXPECT_EQ(figures.refused_allocations(), std::nullopt);
}

TEST(GovernedFigures, WhatCannotBeSeenIsNeither) {
  GovernedFigures figures("/nowhere/libmemgov.so");
  figures.Look({});
  EXPECT_FALSE(figures.governed());
  EXPECT_FALSE(figures.ran_without());
}

}  // namespace
}  // namespace memgov::cli
