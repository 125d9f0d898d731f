#include "governor/cli/launch/family.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/cli/launch/scratch.h"

namespace memgov::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Family, ChildrenOfChildren) {
  const Scratch scratch;
  const auto process = [&](int pid, const std::string& name, const std::string& state_and_parent) {
    scratch.Write(std::to_string(pid) + "/stat",
                  std::to_string(pid) + " (" + name + ") " + state_and_parent + " 0\n");
  };
  process(10, "keeper", "S 1");
  process(11, "sh", "S 10");
  process(12, "odd) R 1 (", "S 11");
  process(13, "zombie", "Z 11");
  process(14, "stranger", "S 1");
  process(15, "cut", "");
  scratch.Write("16/stat", "nonsense");
  scratch.Write("self/stat", "11 (sh) S 10");
  EXPECT_THAT(Descendants(10, scratch.path()), ElementsAre(11, 12));
  EXPECT_THAT(Descendants(12, scratch.path()), IsEmpty());
}

TEST(Family, ParentsInACircle) {
  const Scratch scratch;
  scratch.Write("5/stat", "5 (a) S 6 0");
  scratch.Write("6/stat", "6 (b) S 5 0");
  EXPECT_THAT(Descendants(5, scratch.path()), ElementsAre(5, 6));
}

TEST(Family, KillsAllOfThem) {
  const pid_t child = fork();
  if (child == 0) {
    if (fork() == 0) pause();
    pause();
  }
  while (Descendants(getpid()).size() < 2) usleep(1000);
  KillDescendants(child);
  EXPECT_THAT(Descendants(child), IsEmpty());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
}

TEST(Family, ListensOnlyAfterListen) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  EXPECT_FALSE(Listens({getpid()}));
  ASSERT_EQ(listen(listener, 1), 0);  // on a port of the kernel's choice
  EXPECT_TRUE(Listens({getpid()}));
  EXPECT_FALSE(Listens({}));
  close(listener);
}

}  // namespace
}  // namespace memgov::cli
