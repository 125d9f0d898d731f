#include "governor/cli/launch/preloadable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "governor/cli/launch/search_path.h"
#include "unit/cli/launch/elf_image.h"
#include "unit/cli/launch/scratch.h"

namespace memgov::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Preloadable : public ::testing::Test {
 protected:
  std::string Program(const std::string& name, const std::string& bytes) {
    return scratch_.Write(name, bytes, 0755);
  }
  std::string WhyNot(const std::string& command) {
    const auto program = FindProgram({command}, scratch_.path());
    return std::string(program.status().message());
  }
  std::string Loaded(const std::string& command) {
    const auto program = FindProgram({command}, scratch_.path());
    return program.ok() ? program->loaded : std::string(program.status().message());
  }

  const Scratch scratch_;
  const std::string good_ = ElfImage("/lib64/ld-linux-x86-64.so.2").Bytes();
};

TEST_F(Preloadable, DynamicGlibcProgram) {
  const std::string path = Program("good", good_);
  const auto program = FindProgram({"good", "-x"}, scratch_.path());
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->path, path);
  EXPECT_EQ(program->loaded, path);
  EXPECT_EQ(program->loader, "/lib64/ld-linux-x86-64.so.2");
  EXPECT_THAT(program->arguments, ElementsAre("good", "-x"));
}

TEST_F(Preloadable, ReasonsAgainst) {
  EXPECT_THAT(WhyNot(Program("static", ElfImage("").Bytes())), HasSubstr("statically linked"));
  EXPECT_THAT(WhyNot(Program("musl", ElfImage("/lib/ld-musl-x86_64.so.1").Bytes())), HasSubstr("musl"));
  EXPECT_THAT(WhyNot(Program("own", ElfImage("/opt/loader").Bytes())), HasSubstr("/opt/loader"));
  EXPECT_THAT(WhyNot(Program("cut", good_.substr(0, 70))), HasSubstr("cut short"));
  EXPECT_THAT(WhyNot(Program("noise", std::string("ab\0cd", 5))), HasSubstr("neither ELF nor a script"));
  ElfImage other("");
  other.header.e_machine = EM_S390;
  EXPECT_THAT(WhyNot(Program("other", other.Bytes())), HasSubstr("64-bit s390"));
  ElfImage core("");
  core.header.e_type = ET_CORE;
  EXPECT_THAT(WhyNot(Program("core", core.Bytes())), HasSubstr("not a program"));
}

TEST_F(Preloadable, TheLoaderItselfMayBeRun) {
  EXPECT_EQ(WhyNot(Program("ld-linux-x86-64.so.2", ElfImage("").Bytes())), "");
}

TEST_F(Preloadable, ScriptsLeadToTheirInterpreter) {
  const std::string good = Program("good", good_);
  const std::string fixed = Program("static", ElfImage("").Bytes());
  EXPECT_EQ(Loaded(Program("a", "#!" + good + " -x\n")), good);
  EXPECT_EQ(Loaded(Program("b", "#!/usr/bin/env good\n")), good);
  EXPECT_EQ(Loaded(Program("c", "#!" + scratch_.path() + "/a\n")), good);
  EXPECT_THAT(WhyNot(Program("d", "#!" + fixed + "\n")), HasSubstr(fixed + ": is statically"));
  EXPECT_THAT(WhyNot(Program("e", "#!/usr/bin/env static\n")), HasSubstr("statically"));
  EXPECT_THAT(WhyNot(Program("f", "#!/nowhere/sh\n")), HasSubstr("/nowhere/sh: no such command"));
}

TEST_F(Preloadable, ScriptsThatNameEachOther) {
  Program("a", "#!" + scratch_.path() + "/b\n");
  Program("b", "#!" + scratch_.path() + "/a\n");
  EXPECT_THAT(WhyNot("a"), HasSubstr("too often"));
}

TEST_F(Preloadable, TextWithoutInterpreterIsTheShells) {
  const std::string path = Program("text", "echo hello\n");
  const auto program = FindProgram({"text", "x"}, scratch_.path());
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->path, "/bin/sh");
  EXPECT_THAT(program->arguments, ElementsAre("/bin/sh", path, "x"));
}

TEST_F(Preloadable, NotFoundAndNotExecutable) {
  EXPECT_TRUE(absl::IsNotFound(FindProgram({"nothing"}, scratch_.path()).status()));
  EXPECT_EQ(FindProgram({""}, scratch_.path()).status(), absl::NotFoundError("\"\": no such command"));
  EXPECT_TRUE(absl::IsInvalidArgument(FindProgram({}, scratch_.path()).status()));
  scratch_.Write("plain", good_, 0644);
  EXPECT_THAT(WhyNot("plain"), HasSubstr("is not executable"));
  EXPECT_THAT(WhyNot(scratch_.path()), HasSubstr("is a folder"));
}

TEST_F(Preloadable, NamesAreShownAsText) {
  EXPECT_THAT(WhyNot("no\n\x1b[31mthing"), HasSubstr("no\\x0a\\x1b[31mthing"));
}

TEST_F(Preloadable, AnEarlierFileThatIsNotExecutableIsPassedOver) {
  scratch_.Write("one/tool", good_, 0644);
  const std::string second = scratch_.Write("two/tool", good_, 0755);
  const auto found = FindExecutable("tool", scratch_.path() + "/one:" + scratch_.path() + "/two");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, second);
  EXPECT_TRUE(absl::IsFailedPrecondition(FindExecutable("tool", scratch_.path() + "/one").status()));
}

}  // namespace
}  // namespace memgov::cli
