#include "governor/cli/launch/elf_program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "unit/cli/launch/elf_image.h"
#include "unit/cli/launch/scratch.h"

namespace memgov::cli {
namespace {

absl::StatusOr<std::optional<ElfProgram>> Read(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto program = ReadElfProgram(descriptor);
  close(descriptor);
  return program;
}

absl::StatusOr<std::optional<ElfProgram>> ReadBytes(const std::string& bytes) {
  const Scratch scratch;
  return Read(scratch.Write("program", bytes));
}

TEST(ElfProgram, ThisTestIsDynamicAndOfItsOwnKind) {
  const auto program = Read("/proc/self/exe");
  ASSERT_TRUE(program.ok() && program->has_value());
  EXPECT_EQ((*program)->kind, OwnElfKind());
  EXPECT_TRUE((*program)->executable);
  ASSERT_TRUE((*program)->interpreter.has_value());
  EXPECT_EQ(LibraryOfLoader(*(*program)->interpreter), CLibrary::kGlibc);
}

TEST(ElfProgram, NamesItsLoaderOrNone) {
  const auto musl = ReadBytes(ElfImage("/lib/ld-musl-x86_64.so.1").Bytes());
  ASSERT_TRUE(musl.ok() && musl->has_value());
  EXPECT_EQ((*musl)->interpreter, "/lib/ld-musl-x86_64.so.1");
  const auto fixed = ReadBytes(ElfImage("").Bytes());
  ASSERT_TRUE(fixed.ok() && fixed->has_value());
  EXPECT_FALSE((*fixed)->interpreter.has_value());
}

TEST(ElfProgram, SaysOfWhichMachineOthersAre) {
  ElfImage image("/lib/ld-linux.so.2");
  image.header.e_ident[EI_CLASS] = ELFCLASS32;
  image.header.e_machine = EM_386;
  const auto program = ReadBytes(image.Bytes());
  ASSERT_TRUE(program.ok() && program->has_value());
  EXPECT_NE((*program)->kind, OwnElfKind());
  EXPECT_EQ(DescribeKind((*program)->kind), "32-bit x86");
}

TEST(ElfProgram, WhatIsNotElfIsNone) {
  for (const std::string& bytes : {std::string(), std::string("\x7f"), std::string("#!/bin/sh\n")}) {
    const auto program = ReadBytes(bytes);
    ASSERT_TRUE(program.ok());
    EXPECT_FALSE(program->has_value());
  }
}

TEST(ElfProgram, EveryPrefixIsDamagedOrStatic) {
  const std::string whole = ElfImage("/lib64/ld-linux-x86-64.so.2").Bytes();
  for (size_t length = SELFMAG; length < whole.size(); ++length) {
    EXPECT_FALSE(ReadBytes(whole.substr(0, length)).ok()) << length;
  }
  EXPECT_TRUE(ReadBytes(whole).ok());
}

TEST(ElfProgram, HostileNumbersAreDamage) {
  ElfImage far("/lib64/ld-linux-x86-64.so.2");
  far.program.p_offset = UINT64_MAX - 3;
  EXPECT_FALSE(ReadBytes(far.Bytes()).ok());
  ElfImage large("/lib64/ld-linux-x86-64.so.2");
  large.program.p_filesz = UINT64_MAX;
  EXPECT_FALSE(ReadBytes(large.Bytes()).ok());
  ElfImage many("/lib64/ld-linux-x86-64.so.2");
  many.header.e_phnum = 0xffff;
  EXPECT_FALSE(ReadBytes(many.Bytes()).ok());
  ElfImage open_ended("/lib64/ld-linux-x86-64.so.2");
  open_ended.interpreter.back() = 'x';
  EXPECT_FALSE(ReadBytes(open_ended.Bytes()).ok());
}

TEST(ElfProgram, LoadersByName) {
  EXPECT_EQ(LibraryOfLoader("/lib64/ld-linux-x86-64.so.2"), CLibrary::kGlibc);
  EXPECT_EQ(LibraryOfLoader("/nix/store/abc-glibc/lib/ld-linux-aarch64.so.1"), CLibrary::kGlibc);
  EXPECT_EQ(LibraryOfLoader("/lib/ld-musl-x86_64.so.1"), CLibrary::kMusl);
  EXPECT_EQ(LibraryOfLoader("/system/bin/linker64"), CLibrary::kBionic);
  EXPECT_EQ(LibraryOfLoader("/opt/own-loader"), std::nullopt);
}

}  // namespace
}  // namespace memgov::cli
