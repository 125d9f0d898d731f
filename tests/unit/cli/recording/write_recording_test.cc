#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "governor/cli/recording/recording_writer.h"
#include "recordings.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;

void Write(const std::string& path, const Recording& recording) {
  absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create(path, true, recording);
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (const Sample& sample : recording.samples) ASSERT_TRUE(writer->Add(sample).ok());
  ASSERT_TRUE(writer->End(recording.ended).ok());
}

TEST(RecordingWriter, WhatWasWrittenIsRead) {
  const TemporaryFile file;
  const Recording written = Rising(20);
  Write(file.path(), written);
  const absl::StatusOr<Recording> read = ReadRecording(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->command, written.command);
  EXPECT_EQ(read->machine_bytes, written.machine_bytes);
  EXPECT_EQ(read->ended, "duration");
  ASSERT_EQ(read->samples.size(), written.samples.size());
  for (size_t index = 0; index < read->samples.size(); ++index) {
    EXPECT_EQ(read->samples[index].time_s, written.samples[index].time_s);
    EXPECT_EQ(read->samples[index].resident_bytes, written.samples[index].resident_bytes);
    EXPECT_EQ(read->samples[index].figures, written.samples[index].figures) << index;
    ASSERT_EQ(read->samples[index].pools.size(), 2u);
    EXPECT_EQ(read->samples[index].pools[1].figures, written.samples[index].pools[1].figures) << index;
  }
}

TEST(RecordingWriter, WhatDidNotChangeIsNotRepeated) {
  const TemporaryFile file;
  Write(file.path(), Rising(3));
  const std::string text = file.Read();
  EXPECT_EQ(text.find("parse-pool"), text.rfind("parse-pool"));
  EXPECT_EQ(text.find("live_bytes\":62914560"), text.rfind("live_bytes\":62914560"));
}

TEST(RecordingWriter, AnyNameMakesOneLine) {
  const TemporaryFile file;
  Recording recording = Rising(1);
  recording.command = "evil\n\xff\"name";
  recording.samples[0].pools[0].name = "\xfe\x1b[2J";
  recording.samples[0].pools[1].name = "\xfd\x1b[2J";
  Write(file.path(), recording);
  const absl::StatusOr<Recording> read = ReadRecording(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->command, "evil\\x0a\\xff\"name");
  EXPECT_NE(read->samples[0].pools[0].name, read->samples[0].pools[1].name);
}

TEST(RecordingWriter, AFileThatExistsIsKept) {
  const TemporaryFile file("precious");
  const absl::Status status = RecordingWriter::Create(file.path(), false, Rising(0)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(file.path() + " exists: --force replaces it"));
  EXPECT_EQ(file.Read(), "precious");
}

TEST(RecordingWriter, NoFolderAndNoSpace) {
  EXPECT_EQ(RecordingWriter::Create("/nowhere/file", true, Rising(0)).status().code(),
            absl::StatusCode::kUnavailable);
  const absl::Status full = RecordingWriter::Create("/dev/full", true, Rising(0)).status();
  EXPECT_EQ(full.message(), "/dev/full: No space left on device");
}

TEST(RecordingWriter, EndsBeforeAReaderWouldRefuse) {
  Recording recording = Rising(1);
  absl::StatusOr<RecordingWriter> writer = RecordingWriter::Create("/dev/null", true, recording);
  ASSERT_TRUE(writer.ok());
  for (size_t index = 0; index + 1 < kMostSamples; ++index)
    ASSERT_TRUE(writer->Add(recording.samples[0]).ok());
  EXPECT_FALSE(writer->full());
  ASSERT_TRUE(writer->Add(recording.samples[0]).ok());
  EXPECT_TRUE(writer->full());
}

}  // namespace
}  // namespace memgov::cli
