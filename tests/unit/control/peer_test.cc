#include "governor/control/peer.h"

#include <grp.h>

#include "unit/child.h"
#include "unit/control/socket_support.h"

namespace memgov::control {
namespace {

constexpr uid_t kStranger = 65534;
constexpr gid_t kTheirs = 65533;
constexpr gid_t kMonitors = 54321;
constexpr int kRefused = 77;

// What a listening end that `allowed` describes says of a connection by this user with these groups.
bool AllowedAs(uid_t user, gid_t group, gid_t supplementary, const Allowed& allowed) {
  const SocketFolder folder;
  chmod(folder.path().c_str(), 0755);
  const ChildEnd end = RunInChild([&] {
    const int listener = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, folder.Socket().c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ASSERT_EQ(chmod(folder.Socket().c_str(), 0666), 0);
    ASSERT_EQ(listen(listener, 1), 0);
    ASSERT_EQ(setgroups(1, &supplementary), 0);
    ASSERT_EQ(setresgid(group, group, group), 0);
    ASSERT_EQ(setresuid(user, user, user), 0);
    const Connection connection(folder.Socket());
    ASSERT_TRUE(connection.connected());
    if (!MayAsk(accept(listener, nullptr, nullptr), allowed)) _exit(kRefused);
  });
  EXPECT_TRUE(end.status == 0 || end.status == kRefused) << end.error_text;
  return end.status == 0;
}

TEST(PeerTest, WhoMayAsk) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to become others";
  EXPECT_TRUE(AllowedAs(kStranger, kTheirs, kTheirs, {kStranger, false, 0})) << "its own user";
  EXPECT_TRUE(AllowedAs(0, 0, 0, {kStranger, false, 0})) << "root";
  EXPECT_FALSE(AllowedAs(kStranger, kTheirs, kMonitors, {1, false, kMonitors})) << "no group may";
  EXPECT_TRUE(AllowedAs(kStranger, kMonitors, kTheirs, {1, true, kMonitors})) << "its group";
  EXPECT_TRUE(AllowedAs(kStranger, kTheirs, kMonitors, {1, true, kMonitors})) << "one of its groups";
  EXPECT_FALSE(AllowedAs(kStranger, kTheirs, kTheirs, {1, true, kMonitors})) << "another group";
}

TEST(PeerTest, WhatIsNoConnection) {
  EXPECT_FALSE(MayAsk(-1, {geteuid(), false, 0}));
  EXPECT_FALSE(MayAsk(STDERR_FILENO, {geteuid(), false, 0}));
}

}  // namespace
}  // namespace memgov::control
