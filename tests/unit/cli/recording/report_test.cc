#include "governor/cli/recording/report.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "recordings.h"

namespace memgov::cli {
namespace {

TEST(Report, ThePageIsBesideTheRecording) {
  EXPECT_EQ(PageBeside("web.jsonl", 7), "web.html");
  EXPECT_EQ(PageBeside("/a.b/web", 7), "/a.b/web.html");
  EXPECT_EQ(PageBeside("/a/.web", 7), "/a/.web.html");
  EXPECT_EQ(PageBeside("odd.html", 7), "odd.html.html");
  EXPECT_EQ(PageBeside("-", 7), "memgov-7.html");
}

TEST(Report, APageReplacesTheOneBefore) {
  const TemporaryFile file("old");
  ASSERT_TRUE(WritePage(file.path(), "new").ok());
  EXPECT_EQ(file.Read(), "new");
}

TEST(Report, WhatCannotBeWrittenIsSaid) {
  EXPECT_EQ(WritePage("/nowhere/page.html", "new").message(),
            "/nowhere/page.html: No such file or directory");
  EXPECT_EQ(WritePage("/dev/full", "new").message(), "/dev/full: No space left on device");
  EXPECT_EQ(WritePage("/tmp", "new").message(), "/tmp: Is a directory");
}

TEST(Report, ARecordingWithoutSamplesIsRefused) {
  const TemporaryFile file(
      "{\"memgov_recording\":1,\"pid\":7,\"command\":\"nginx\",\"version\":\"0.1.0\",\"engine\":\"arena\","
      "\"interval_s\":1.0,\"cpus\":2,\"machine_bytes\":1024}\n");
  EXPECT_EQ(ReadForReport(file.path()).status().message(), file.path() + ": no sample in it");
}

}  // namespace
}  // namespace memgov::cli
