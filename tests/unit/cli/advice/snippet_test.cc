#include "governor/cli/advice/snippet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string SnippetOf(const std::string& kind) {
  return *Snippet({.kind = kind, .engine = "", .object = "/usr/lib/memgov/libmemgov.so"});
}

TEST(Snippet, EveryKindSaysHowToVerifyAndHowToGoBack) {
  for (const std::string& kind : SnippetKinds()) {
    const std::string text = SnippetOf(kind);
    EXPECT_THAT(text, HasSubstr("/usr/lib/memgov")) << kind;
    EXPECT_THAT(text, HasSubstr("# ---- ")) << kind;
    EXPECT_THAT(text, HasSubstr("memgov /proc/")) << kind;
    EXPECT_THAT(text, HasSubstr("memgov ps")) << kind;
    EXPECT_THAT(text, HasSubstr("# Roll back")) << kind;
    EXPECT_THAT(text, HasSubstr("MEMGOV_GOVERNOR")) << kind;
    EXPECT_THAT(text, Not(HasSubstr("@"))) << kind;
  }
}

TEST(Snippet, WhatIsPreloadedAlreadyIsKept) {
  EXPECT_THAT(SnippetOf("docker"), HasSubstr("libmemgov.so${LD_PRELOAD:+:$LD_PRELOAD}"));
  EXPECT_THAT(SnippetOf("gunicorn"), HasSubstr("libmemgov.so${LD_PRELOAD:+:$LD_PRELOAD}"));
  for (const char* kind : {"compose", "k8s", "systemd"}) {
    EXPECT_THAT(SnippetOf(kind), HasSubstr("append it")) << kind;
  }
}

TEST(Snippet, AKindThatThereIsNot) {
  const auto text = Snippet({.kind = "apache", .engine = "", .object = "/usr/lib/libmemgov.so"});
  EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(text.status().message(),
            "snippet 'apache': allowed are docker, compose, k8s, systemd, gunicorn, nginx");
}

TEST(Snippet, PathsThatCannotBePreloadedOrPasted) {
  for (const char* path : {"libmemgov.so", "/opt/a b.so", "/opt/a:b.so", "/opt/a\nExecStart=x", "/opt/\"x.so",
                           "/opt/%n.so", "/opt/$x.so", "/opt/x#y.so", "/opt/\x1b.so"}) {
    const auto text = Snippet({.kind = "systemd", .engine = "", .object = path});
    EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_THAT(std::string(text.status().message()), HasSubstr("--library")) << path;
    EXPECT_THAT(std::string(text.status().message()), Not(HasSubstr("\n"))) << path;
  }
}

TEST(Snippet, NotesAreOfTheFile) {
  EXPECT_THAT(SnippetOf("systemd"), HasSubstr("does not exist on this machine"));
  const auto home = Snippet({.kind = "systemd", .engine = "", .object = "/home/x/libmemgov.so"});
  EXPECT_THAT(*home, HasSubstr("ProtectHome="));
  const auto copied = Snippet({.kind = "docker", .engine = "", .object = "/home/x/libmemgov.so"});
  EXPECT_THAT(*copied, Not(HasSubstr("ProtectHome=")));
  const auto borrowed = Snippet({.kind = "docker", .engine = "", .object = "/usr/lib/libmemgov-mimalloc.so"});
  EXPECT_THAT(*borrowed, HasSubstr("libmimalloc2.0"));
}

}  // namespace
}  // namespace memgov::cli
