#include "governor/control/control_socket.h"

#include <sys/stat.h>

#include <memory>
#include <vector>

#include "unit/child.h"
#include "unit/control/socket_support.h"

namespace memgov::control {
namespace {

TEST_F(ControlSocketTest, AnswersOneRequestAndCloses) {
  Connection connection(folder_.Socket());
  EXPECT_TRUE(connection.Say("set a"));
  EXPECT_EQ(ServeAt(socket_, kStart), UINT64_MAX) << "nobody is left to wait for";
  EXPECT_EQ(connection.Hear(), "ok a");
  EXPECT_EQ(connection.Hear(), "closed");
}

TEST_F(ControlSocketTest, AnswersWhoSpeaksLater) {
  Connection connection(folder_.Socket());
  EXPECT_EQ(ServeAt(socket_, kStart), ControlSocket::kPatienceNs);
  EXPECT_EQ(connection.Hear(), "");
  EXPECT_TRUE(connection.Say("set b"));
  EXPECT_EQ(ServeAt(socket_, kStart + 10 * kMillisecond), UINT64_MAX);
  EXPECT_EQ(connection.Hear(), "ok b");
}

TEST_F(ControlSocketTest, AnAnswerOfFullSizeIsOneMessage) {
  SetHandler(Request::kSet, [](const char*, char* out, size_t capacity) {
    memset(out, 'x', capacity);
    return Outcome{true, capacity};
  });
  Connection connection(folder_.Socket());
  EXPECT_TRUE(connection.Say("set all"));
  ServeAt(socket_, kStart);
  EXPECT_EQ(connection.Hear().size(), kAnswerBytes);
}

TEST_F(ControlSocketTest, ALongRequestIsRefusedInWords) {
  Connection connection(folder_.Socket());
  EXPECT_TRUE(connection.Say(std::string(100000, 'x')));
  ServeAt(socket_, kStart);
  EXPECT_EQ(connection.Hear(), "error a request has at most 256 bytes");
}

TEST_F(ControlSocketTest, WhoGoesAwayIsForgotten) {
  { const Connection connection(folder_.Socket()); }
  {
    Connection connection(folder_.Socket());
    EXPECT_TRUE(connection.Say("set a"));
  }
  EXPECT_EQ(ServeAt(socket_, kStart), UINT64_MAX);
  Connection connection(folder_.Socket());
  EXPECT_TRUE(connection.Say(""));  // an empty packet is no request
  ServeAt(socket_, kStart);
  EXPECT_EQ(connection.Hear(), "closed");
}

TEST_F(ControlSocketTest, AStrangerIsClosedWithoutAWord) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  constexpr uid_t kStranger = 65534;
  ASSERT_EQ(socket_.Listen({kStranger - 1, false, 0}), 0);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod(folder_.Socket().c_str(), 0666), 0);
  const ChildEnd end = RunInChild([&] {
    ASSERT_EQ(setuid(kStranger), 0);
    Connection connection(folder_.Socket());
    EXPECT_TRUE(connection.Say("set a"));
    ServeAt(socket_, kStart);
    EXPECT_EQ(connection.Hear(), "closed");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST_F(ControlSocketTest, TheFileIsTheOwnersWhateverTheUmask) {
  socket_.Close();
  for (const mode_t mask : {0, 0777}) {
    const mode_t before = umask(mask);
    ControlSocket socket;
    EXPECT_EQ(socket.Bind(folder_.Socket().c_str()), 0);
    umask(before);
    struct stat status {};
    EXPECT_EQ(stat(folder_.Socket().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600U);
    EXPECT_FALSE(Connection(folder_.Socket()).connected()) << "before it listens";
    socket.Close();
  }
}

TEST_F(ControlSocketTest, CloseTakesItsOwnFileOnly) {
  EXPECT_TRUE(std::filesystem::exists(folder_.Socket()));
  ControlSocket other;
  EXPECT_EQ(other.Bind(folder_.Socket().c_str()), -EADDRINUSE) << "a process of another pid namespace";
  EXPECT_TRUE(socket_.IsThere());
  std::filesystem::remove(folder_.Socket());
  EXPECT_FALSE(socket_.IsThere());
  ASSERT_EQ(other.Bind(folder_.Socket().c_str()), 0);
  socket_.Close();
  EXPECT_TRUE(std::filesystem::exists(folder_.Socket()));
  EXPECT_FALSE(socket_.IsOpen());
  other.Close();
  EXPECT_FALSE(std::filesystem::exists(folder_.Socket()));
}

TEST_F(ControlSocketTest, AChildLeavesItsParentsFile) {
  ControlSocket copy;
  memcpy(static_cast<void*>(&copy), &socket_, sizeof copy);  // as fork does
  copy.ForgetInChild();
  copy.RemoveFile();
  copy.Close();
  EXPECT_TRUE(Connection(folder_.Socket()).connected());
}

TEST_F(ControlSocketTest, WhereItCannotBe) {
  ControlSocket other;
  EXPECT_EQ(other.Bind("/nowhere/at/all/7.sock"), -ENOENT);
  EXPECT_EQ(other.Bind(("/" + std::string(400, 'x')).c_str()), -ENAMETOOLONG);
  ASSERT_EQ(mkdir((folder_.path() + "/8.sock").c_str(), 0700), 0);
  EXPECT_EQ(other.Bind((folder_.path() + "/8.sock").c_str()), -EADDRINUSE);
  EXPECT_FALSE(other.IsOpen());
  pollfd polled[ControlSocket::kMostDescriptors];
  EXPECT_EQ(other.Descriptors(polled), 0);
  EXPECT_EQ(other.Serve(nullptr, 0, kStart), UINT64_MAX);
}

}  // namespace
}  // namespace memgov::control
