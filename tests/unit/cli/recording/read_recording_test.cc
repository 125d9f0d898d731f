#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "recordings.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;

const std::string kHead =
    R"({"memgov_recording":1,"pid":7,"command":"nginx","version":"0.1.0","engine":"arena","interval_s":1.0,)"
    R"("cpus":2,"machine_bytes":1024})"
    "\n";
const std::string kFirst =
    R"({"time_s":100.5,"resident_bytes":10,"figures":{"live_bytes":3,"hard_budget_bytes":null},)"
    R"("pools":[{"pool":"io","live_bytes":2},{"pool":"parse","live_bytes":1}]})"
    "\n";
const std::string kSecond = R"({"time_s":101.5,"resident_bytes":11,"figures":{"live_bytes":4}})"
                            "\n";
const std::string kEnd = R"({"time_s":101.5,"ended":"process"})"
                         "\n";

absl::StatusOr<Recording> Read(const std::string& text) {
  const TemporaryFile file(text);
  return ReadRecording(file.path());
}

std::string Complaint(const std::string& text) {
  const absl::StatusOr<Recording> recording = Read(text);
  EXPECT_EQ(recording.status().code(), absl::StatusCode::kDataLoss) << recording.status();
  return std::string(recording.status().message());
}

TEST(ReadRecording, WholeOne) {
  const absl::StatusOr<Recording> recording = Read(kHead + kFirst + kSecond + kEnd);
  ASSERT_TRUE(recording.ok()) << recording.status();
  EXPECT_EQ(recording->pid, 7);
  EXPECT_EQ(recording->command, "nginx");
  EXPECT_EQ(recording->machine_bytes, 1024u);
  EXPECT_EQ(recording->ended, "process");
  EXPECT_FALSE(recording->cut_short);
  ASSERT_EQ(recording->samples.size(), 2u);
  EXPECT_EQ(recording->samples[0].Value("live_bytes"), 3u);
  EXPECT_EQ(recording->samples[0].Value("hard_budget_bytes"), UINT64_MAX);
  EXPECT_EQ(recording->samples[0].Value("unheard_of", 5), 5u);
}

TEST(ReadRecording, WhatALineLeavesOutIsAsBefore) {
  const absl::StatusOr<Recording> recording = Read(kHead + kFirst + kSecond);
  ASSERT_TRUE(recording.ok()) << recording.status();
  const Sample& second = recording->samples[1];
  EXPECT_EQ(second.Value("live_bytes"), 4u);
  EXPECT_EQ(second.Value("hard_budget_bytes"), UINT64_MAX);
  ASSERT_EQ(second.pools.size(), 2u);
  EXPECT_EQ(second.pools[1].name, "parse");
  EXPECT_EQ(second.pools[1].figures.Find("live_bytes"), 1u);
}

TEST(ReadRecording, CutShortAnywhereIsOneThatEndedEarly) {
  const std::string whole = kHead + kFirst + kSecond;
  for (size_t bytes = kHead.size(); bytes < whole.size(); ++bytes) {
    const absl::StatusOr<Recording> recording = Read(whole.substr(0, bytes));
    ASSERT_TRUE(recording.ok()) << bytes << ": " << recording.status();
    const bool between = bytes == kHead.size() || bytes + 1 == kHead.size() + kFirst.size() ||
                         bytes == kHead.size() + kFirst.size() || bytes + 1 == whole.size();
    EXPECT_EQ(recording->cut_short, !between) << bytes;
    EXPECT_EQ(recording->ended, "");
  }
}

TEST(ReadRecording, CutShortInTheFirstLineIsNone) {
  EXPECT_THAT(Complaint(kHead.substr(0, 40)), HasSubstr("line 1: this is no recording"));
  EXPECT_THAT(Complaint(""), HasSubstr("is empty"));
}

TEST(ReadRecording, ErrorsNameFileLineAndValue) {
  const TemporaryFile file(kHead + kFirst + "{\"time_s\":102,\"resident_bytes\":-1}\n");
  const absl::Status status = ReadRecording(file.path()).status();
  EXPECT_EQ(status.message(),
            file.path() + ": line 3: \"resident_bytes\" is not a whole number from 0, or null");
}

TEST(ReadRecording, OtherFilesAreNone) {
  EXPECT_THAT(Complaint("hello\nworld\n"), HasSubstr("this is no recording"));
  EXPECT_THAT(Complaint("{}\n"), HasSubstr("this is no recording"));
  EXPECT_THAT(Complaint(std::string(4096, '\0')), HasSubstr("this is no recording"));
}

TEST(ReadRecording, AnotherVersion) {
  const absl::Status status = Read("{\"memgov_recording\":2,\"pid\":1}\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("recording version 2; this tool reads 1"));
}

TEST(ReadRecording, NoFileAndNoRegularFile) {
  EXPECT_EQ(ReadRecording("/nowhere/to/be.found").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(ReadRecording("/dev/zero").status().message()), HasSubstr("is not a regular file"));
  const std::string pipe = TemporaryFile().path();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(std::string(ReadRecording(pipe).status().message()), HasSubstr("is not a regular file"));
  unlink(pipe.c_str());
}

TEST(ReadRecording, HostileLinesAreRefused) {
  const auto after_head = [](const std::string& line) { return Complaint(kHead + line + "\n"); };
  EXPECT_THAT(after_head("[1]"), HasSubstr("line 2: is no JSON object"));
  EXPECT_THAT(after_head("{\"time_s\":1e999,\"resident_bytes\":1}"), HasSubstr("is no JSON object"));
  EXPECT_THAT(after_head("{\"time_s\":-1,\"resident_bytes\":1}"), HasSubstr("\"time_s\" is not a number"));
  EXPECT_THAT(after_head("{\"time_s\":1}"), HasSubstr("\"resident_bytes\" is missing"));
  EXPECT_THAT(after_head("{\"time_s\":1,\"resident_bytes\":1,\"figures\":7}"),
              HasSubstr("\"figures\" is not"));
  EXPECT_THAT(after_head("{\"time_s\":1,\"resident_bytes\":1,\"pools\":[7]}"), HasSubstr("\"pools\" is not"));
  EXPECT_THAT(after_head("{\"time_s\":1,\"resident_bytes\":1,\"figures\":{\"a\\u001b[31m\":\"x\"}}"),
              HasSubstr("\"a\\x1b[31m\" is not a whole number"));
  EXPECT_THAT(after_head(std::string(100'000, '[')), HasSubstr("is no JSON object"));
  EXPECT_THAT(after_head(std::string(300'000, 'x')), HasSubstr("longer than 262144 bytes"));
  EXPECT_THAT(Complaint(kHead + kFirst + "{\"time_s\":99,\"resident_bytes\":1}\n"), HasSubstr("line 3"));
}

TEST(ReadRecording, FiguresAndPoolsAreBounded) {
  std::string figures;
  std::string pools;
  for (int index = 0; index < 600; ++index) {
    figures += (index == 0 ? "\"f" : ",\"f") + std::to_string(index) + "\":1";
    pools += std::string(index == 0 ? "" : ",") + "{\"pool\":\"p\"}";
  }
  const std::string start = kHead + "{\"time_s\":1,\"resident_bytes\":1,";
  EXPECT_THAT(Complaint(start + "\"figures\":{" + figures + "}}\n"), HasSubstr("more than 512 figures"));
  EXPECT_THAT(Complaint(start + "\"pools\":[" + pools + "]}\n"), HasSubstr("more than 256 pools"));
  EXPECT_THAT(Complaint(start + "\"figures\":{\"" + std::string(200, 'n') + "\":1}}\n"),
              HasSubstr("longer than 128 bytes"));
}

// Each either is read or refused in one line; the sanitizer preset watches.
TEST(ReadRecording, DamagedBytesNeverCrash) {
  const std::string whole = kHead + kFirst + kSecond + kEnd;
  std::mt19937 random(5);  // NOLINT: the same damage each time
  for (int round = 0; round < 1000; ++round) {
    std::string damaged = whole;
    for (int times = 0; times < 3; ++times) damaged[random() % damaged.size()] = static_cast<char>(random());
    const absl::StatusOr<Recording> recording = Read(damaged);
    if (recording.ok()) continue;
    EXPECT_EQ(recording.status().message().find('\n'), std::string::npos) << recording.status();
  }
}

TEST(ReadRecording, TellsHowFarItIs) {
  std::string text = kHead;
  for (int index = 0; index < 20'000; ++index) text += kFirst;
  const TemporaryFile file(text);
  double part = 0;
  int calls = 0;
  ASSERT_TRUE(ReadRecording(file.path(), [&](double now) {
                EXPECT_GT(now, part);
                part = now;
                ++calls;
              }).ok());
  EXPECT_GT(part, 0.9);
  EXPECT_LE(calls, 101);
}

}  // namespace
}  // namespace memgov::cli
