// The client of the control socket, against servers of the test's own: good ones, and all sorts of others.
#include "governor/cli/target/control.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

namespace memgov::cli {
namespace {

constexpr absl::Duration kShort = absl::Milliseconds(100);

// A folder with a name that no address holds, and a process of this user in it.
class ControlTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/memgov-control-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    process_.pid = 77;
    process_.user = geteuid();
    process_.folder = base_ + "/" + std::string(120, 'x');
    ASSERT_EQ(mkdir(process_.folder.c_str(), 0700), 0);
  }
  void TearDown() override { std::filesystem::remove_all(base_); }

  // A socket of this type by the process's name.
  int Listen(int type = SOCK_SEQPACKET, int backlog = 4) {
    const int listener = socket(AF_UNIX, type, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string beside = base_ + "/s";
    std::strncpy(address.sun_path, beside.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_TRUE(backlog < 0 || listen(listener, backlog) == 0);
    std::filesystem::rename(beside, process_.SocketPath());
    return listener;
  }

  // What Ask says where one connection is served like this.
  absl::StatusOr<std::string> AskServedBy(const std::function<void(int)>& serve) {
    const int listener = Listen();
    std::thread server([&] {
      const int connection = accept(listener, nullptr, nullptr);
      serve(connection);
      close(connection);
    });
    absl::StatusOr<std::string> answer = Ask(process_, "json");
    server.join();
    close(listener);
    return answer;
  }

  absl::StatusOr<std::string> AskAnsweredWith(const std::string& text) {
    return AskServedBy([&](int connection) {
      char request[300];
      EXPECT_EQ(recv(connection, request, sizeof request, 0), 4);
      EXPECT_EQ(std::string(request, 4), "json");
      send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    });
  }

  Governed process_;
  std::string base_;
};

TEST_F(ControlTest, TheTextOfAGoodAnswer) {
  const absl::StatusOr<std::string> answer = AskAnsweredWith("ok {\"a\":1}\n");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(*answer, "{\"a\":1}\n");
  const absl::StatusOr<std::string> empty = AskAnsweredWith("ok ");
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(*empty, "");
}

TEST_F(ControlTest, ALongAnswer) {
  const absl::StatusOr<std::string> answer = AskAnsweredWith("ok " + std::string(128 << 10, 'x'));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->size(), size_t{128} << 10);
}

TEST_F(ControlTest, ItsOwnWordsOfRefusal) {
  const absl::Status status = AskAnsweredWith("error NAME: no such\x1b[2J option").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "NAME: no such\\x1b[2J option");
}

TEST_F(ControlTest, WhatIsNotMemgov) {
  for (const char* text : {"hello", "ok", "HTTP/1.1 400 Bad Request", "\xff\xff"})
    EXPECT_EQ(AskAnsweredWith(text).status().code(), absl::StatusCode::kDataLoss) << text;
}

TEST_F(ControlTest, ClosedWithoutAWord) {
  EXPECT_EQ(AskServedBy([](int) {}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ControlTest, NobodyTakesTheConnection) {
  const int listener = Listen(SOCK_SEQPACKET, 0);
  const absl::Status silent = Ask(process_, "json", kShort).status();
  EXPECT_EQ(silent.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(silent.message().find("process 77 does not answer within 100"), std::string::npos) << silent;
  // The queue is full by now, or by the next.
  for (int again = 0; again < 3; ++again)
    EXPECT_EQ(Ask(process_, "json", kShort).status().code(), absl::StatusCode::kUnavailable);
  close(listener);
}

TEST_F(ControlTest, NoSocketAndAnAbandonedOne) {
  EXPECT_EQ(Ask(process_, "json").status().code(), absl::StatusCode::kUnavailable);
  close(Listen());
  const absl::Status status = Ask(process_, "json").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("nobody listens for process 77"), std::string::npos) << status;
}

TEST_F(ControlTest, OneThatBeginsToListenAMomentLater) {
  const int listener = Listen(SOCK_SEQPACKET, -1);
  std::thread server([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    listen(listener, 1);
    const int connection = accept(listener, nullptr, nullptr);
    char request[300];
    EXPECT_EQ(recv(connection, request, sizeof request, 0), 4);
    send(connection, "ok yes", 6, MSG_NOSIGNAL);
    close(connection);
  });
  const absl::StatusOr<std::string> answer = Ask(process_, "json");
  server.join();
  close(listener);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(*answer, "yes");
}

TEST_F(ControlTest, WhatIsNoSocketIsNotFollowed) {
  std::ofstream{process_.SocketPath()} << "a file";
  EXPECT_EQ(Ask(process_, "json").status().code(), absl::StatusCode::kDataLoss);
  std::filesystem::remove(process_.SocketPath());
  const int listener = Listen();
  std::filesystem::rename(process_.SocketPath(), base_ + "/real");
  std::filesystem::create_symlink(base_ + "/real", process_.SocketPath());
  EXPECT_EQ(Ask(process_, "json").status().code(), absl::StatusCode::kDataLoss);
  close(listener);
}

TEST_F(ControlTest, AnotherKindOfSocketIsRefused) {
  const int listener = Listen(SOCK_STREAM);
  EXPECT_EQ(Ask(process_, "json").status().code(), absl::StatusCode::kUnavailable);
  close(listener);
}

TEST_F(ControlTest, AnotherUsersSocket) {
  const int listener = Listen();
  process_.user = geteuid() + 1;
  EXPECT_EQ(Ask(process_, "json").status().code(), absl::StatusCode::kDataLoss)
      << "the file is not that user's";
  if (geteuid() == 0) {
    ASSERT_EQ(chown(process_.SocketPath().c_str(), process_.user, 0), 0);
    EXPECT_EQ(Ask(process_, "json").status().code(), absl::StatusCode::kDataLoss) << "nor is who listens";
  }
  close(listener);
}

}  // namespace
}  // namespace memgov::cli
