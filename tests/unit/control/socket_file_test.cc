#include "governor/control/socket_file.h"

#include <sys/stat.h>

#include <fstream>

#include "unit/control/socket_support.h"

namespace memgov::control {
namespace {

std::string Content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(SocketFileTest, WhatIsInItsPlaceIsReplacedAndNeverFollowed) {
  const SocketFolder folder;
  const std::string other = folder.path() + "/other";
  std::ofstream(other) << "untouched";
  for (const bool link : {true, false}) {
    if (link) {
      ASSERT_EQ(symlink(other.c_str(), folder.Socket().c_str()), 0);
    } else {
      std::ofstream(folder.Socket()) << "left over";
    }
    ControlSocket socket;
    ASSERT_EQ(socket.Bind(folder.Socket().c_str()), 0);
    ASSERT_EQ(socket.Listen({geteuid(), false, 0}), 0);
    EXPECT_TRUE(std::filesystem::is_socket(std::filesystem::symlink_status(folder.Socket())));
    EXPECT_TRUE(Connection(folder.Socket()).connected());
    socket.Close();
  }
  EXPECT_EQ(Content(other), "untouched");
  struct stat status {};
  EXPECT_EQ(stat(other.c_str(), &status), 0);
  EXPECT_NE(status.st_mode & 07777, 0600U);
}

// sockaddr_un holds 107 bytes.
TEST(SocketFileTest, APathLongerThanAnAddress) {
  const SocketFolder folder;
  const std::string deep = folder.path() + "/" + std::string(100, 'a') + "/" + std::string(50, 'b');
  std::filesystem::create_directories(deep);
  const std::string path = deep + "/7.sock";
  ControlSocket socket;
  ASSERT_EQ(socket.Bind(path.c_str()), 0);
  EXPECT_TRUE(IsAbandoned(path.c_str())) << "nobody listens yet";
  ASSERT_EQ(socket.Listen({geteuid(), false, 0}), 0);
  EXPECT_FALSE(IsAbandoned(path.c_str()));
  socket.Close();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SocketFileTest, Abandoned) {
  const SocketFolder folder;
  EXPECT_FALSE(IsAbandoned(folder.Socket().c_str())) << "nothing there";
  const int left = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  ASSERT_EQ(BindAt(left, folder.Socket().c_str()), 0);
  listen(left, 1);
  EXPECT_FALSE(IsAbandoned(folder.Socket().c_str()));
  close(left);
  EXPECT_TRUE(IsAbandoned(folder.Socket().c_str()));
}

}  // namespace
}  // namespace memgov::control
