// systemd's protocol: https://systemd.io/MEMORY_PRESSURE/
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fcntl.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "governor/pressure/watch.h"
#include "unit/child.h"
#include "unit/pressure/fixture_tree.h"

namespace memgov {
namespace {

constexpr const char* kHello = "aGVsbG8=";  // "hello"

class WatchSystemdTest : public testing::Test {
 protected:
  ~WatchSystemdTest() override {
    pollfd descriptors[PressureWatch::kMostDescriptors];
    for (int count = watch_.Descriptors(descriptors); count > 0; --count) close(descriptors[count - 1].fd);
  }

  // No cgroup and no PSI: systemd's is the only source.
  void Open(const std::string& path, const char* write, bool keep_open = true) {
    files_ = tree_.Find();
    watch_.Open(files_, tree_.root(), path.c_str(), write, keep_open);
  }

  // What poll(2) says of the one descriptor that there should be.
  pollfd Poll(short wanted, int timeout_ms) {
    pollfd descriptors[PressureWatch::kMostDescriptors] = {};
    EXPECT_EQ(watch_.Descriptors(descriptors), 1);
    EXPECT_EQ(descriptors[0].events, wanted);
    poll(descriptors, 1, timeout_ms);
    return descriptors[0];
  }

  // The line that Open says to this; nothing is to be watched then.
  std::string Complaint(const std::string& path, const char* write) {
    const ChildEnd end = RunInChild([&] {
      Open(path, write);
      EXPECT_EQ(watch_.systemd(), WatchState::kAbsent);
      pollfd descriptors[PressureWatch::kMostDescriptors];
      EXPECT_EQ(watch_.Descriptors(descriptors), 0);
    });
    EXPECT_EQ(end.status, 0);
    EXPECT_EQ(std::count(end.error_text.begin(), end.error_text.end(), '\n'), 1) << end.error_text;
    return end.error_text;
  }

  FixtureTree tree_;
  CgroupFiles files_;
  PressureWatch watch_;
};

TEST_F(WatchSystemdTest, AFileGetsTheDataAndIsWaitedForByPri) {
  tree_.Write("/pressure", "");
  Open(tree_.Path("/pressure"), "c29tZSAyMDAwMDAgMjAwMDAwMAA=");
  EXPECT_EQ(watch_.systemd(), WatchState::kWatched);
  std::stringstream text;
  text << std::ifstream(tree_.Path("/pressure")).rdbuf();
  EXPECT_EQ(text.str(), std::string("some 200000 2000000\0", 20));
  pollfd descriptor = Poll(POLLPRI, 0);
  descriptor.revents = POLLPRI;
  EXPECT_TRUE(watch_.Collect(&descriptor, 1).pressed);
  descriptor.revents = POLLERR | POLLPRI;
  EXPECT_FALSE(watch_.Collect(&descriptor, 1).pressed);
  EXPECT_EQ(watch_.systemd(), WatchState::kAbsent);
}

TEST_F(WatchSystemdTest, WithoutDataAFileIsNotWrittenTo) {
  tree_.Write("/precious", "content");
  ASSERT_EQ(chmod(tree_.Path("/precious").c_str(), 0400), 0);
  Open(tree_.Path("/precious"), nullptr);
  EXPECT_EQ(watch_.systemd(), WatchState::kWatched);
  std::stringstream text;
  text << std::ifstream(tree_.Path("/precious")).rdbuf();
  EXPECT_EQ(text.str(), "content");
}

TEST_F(WatchSystemdTest, AFifoIsDrained) {
  const std::string path = tree_.Path("/fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  Open(path, nullptr);
  EXPECT_EQ(watch_.systemd(), WatchState::kWatched);
  EXPECT_EQ(Poll(POLLIN, 0).revents, 0);
  const int writer = open(path.c_str(), O_WRONLY);
  const std::string flood(3000, 'x');
  ASSERT_EQ(write(writer, flood.data(), flood.size()), 3000);
  pollfd descriptor = Poll(POLLIN, 10000);
  EXPECT_EQ(descriptor.revents & POLLIN, POLLIN);
  EXPECT_TRUE(watch_.Collect(&descriptor, 1).pressed);
  EXPECT_EQ(Poll(POLLIN, 0).revents, 0);  // empty again
  close(writer);
  EXPECT_EQ(Poll(POLLIN, 0).revents, 0);  // and no hang-up for ever
  EXPECT_FALSE(watch_.Collect(nullptr, 0).pressed);
}

TEST_F(WatchSystemdTest, AFifoGetsTheData) {
  const std::string path = tree_.Path("/fifo");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  Open(path, kHello);
  char text[16] = {};
  EXPECT_EQ(read(reader, text, sizeof text), 5);
  EXPECT_STREQ(text, "hello");
  close(reader);
}

class Listener {
 public:
  explicit Listener(const std::string& path) : descriptor_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(descriptor_, 1), 0);
  }
  ~Listener() { close(descriptor_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  int Accept() const { return accept(descriptor_, nullptr, nullptr); }

 private:
  const int descriptor_;
};

TEST_F(WatchSystemdTest, ASocketGetsTheDataAndIsDrainedUntilItsEnd) {
  const Listener listener(tree_.Path("/socket"));
  Open(tree_.Path("/socket"), kHello);
  EXPECT_EQ(watch_.systemd(), WatchState::kWatched);
  const int manager = listener.Accept();
  char text[16] = {};
  EXPECT_EQ(read(manager, text, sizeof text), 5);
  EXPECT_STREQ(text, "hello");
  EXPECT_EQ(Poll(POLLIN, 0).revents, 0);
  ASSERT_EQ(write(manager, "!", 1), 1);
  pollfd descriptor = Poll(POLLIN, 10000);
  EXPECT_TRUE(watch_.Collect(&descriptor, 1).pressed);
  EXPECT_EQ(Poll(POLLIN, 0).revents, 0);
  EXPECT_EQ(watch_.systemd(), WatchState::kWatched);
  close(manager);
  descriptor = Poll(POLLIN, 10000);
  watch_.Collect(&descriptor, 1);
  EXPECT_EQ(watch_.systemd(), WatchState::kAbsent);
  EXPECT_EQ(watch_.Descriptors(&descriptor), 0);
}

TEST_F(WatchSystemdTest, TheNullDeviceTurnsAllOff) {
  tree_.Process("0::/a\n", MountV2("/", "/c"));
  tree_.WriteLevel("/c/a", {.max = "4096\n"});
  tree_.Write("/c/a/memory.pressure", "some avg10=0.00 total=1\n");
  tree_.Write("/c/a/memory.events", "max 1\n");
  Open("/dev/null", "this is not even base64");
  EXPECT_EQ(watch_.psi(), WatchState::kOff);
  EXPECT_EQ(watch_.events(), WatchState::kOff);
  EXPECT_EQ(watch_.systemd(), WatchState::kOff);
  EXPECT_FALSE(watch_.NeedsPolling());
  EXPECT_STREQ(watch_.psi_path(), "");
  tree_.Write("/c/a/memory.events", "max 2\n");
  EXPECT_FALSE(watch_.Collect(nullptr, 0).events);
}

TEST_F(WatchSystemdTest, AnEmptyPathIsNone) {
  const ChildEnd end = RunInChild([&] {
    Open("", nullptr);
    EXPECT_EQ(watch_.systemd(), WatchState::kAbsent);
  });
  EXPECT_EQ(end.status, 0);
  EXPECT_EQ(end.error_text, "");
}

TEST_F(WatchSystemdTest, WithoutDescriptorsItIsOff) {
  tree_.Write("/pressure", "");
  Open(tree_.Path("/pressure"), kHello, false);
  EXPECT_EQ(watch_.systemd(), WatchState::kOff);
}

TEST_F(WatchSystemdTest, WhatIsWrongCostsOneLine) {
  EXPECT_EQ(Complaint("relative/path", nullptr),
            "memgov: MEMORY_PRESSURE_WATCH=relative/path: not an absolute path; memory pressure is watched "
            "without it\n");
  tree_.Write("/pressure", "");
  EXPECT_EQ(
      Complaint(tree_.Path("/pressure"), "c29t!"),
      "memgov: MEMORY_PRESSURE_WRITE=c29t!: not base64 of at most 128 bytes; memory pressure is watched "
      "without it\n");
  std::string long_write;
  while (long_write.size() < 4 * 43) long_write += "AAAA";
  EXPECT_NE(Complaint(tree_.Path("/pressure"), long_write.c_str()).find("at most 128 bytes"),
            std::string::npos);
  EXPECT_EQ(
      Complaint("/no/such/file", nullptr),
      "memgov: MEMORY_PRESSURE_WATCH=/no/such/file: cannot be opened (error 2); memory pressure is watched "
      "without it\n");
  EXPECT_EQ(
      Complaint("/dev/zero", nullptr),
      "memgov: MEMORY_PRESSURE_WATCH=/dev/zero: neither a file, a FIFO nor a socket; memory pressure is "
      "watched without it\n");
  EXPECT_NE(Complaint(tree_.root(), nullptr).find("neither a file"), std::string::npos);
  { const Listener listener(tree_.Path("/deaf")); }
  EXPECT_NE(Complaint(tree_.Path("/deaf"), nullptr).find("cannot be opened (error 111)"), std::string::npos);
}

TEST_F(WatchSystemdTest, ASocketWhosePathIsTooLong) {
  const std::string folder = "/" + std::string(100, 'd');
  tree_.MakeFolder(folder);
  ASSERT_EQ(chdir(tree_.Path(folder).c_str()), 0);
  const Listener listener("s");
  ASSERT_EQ(chdir("/"), 0);
  EXPECT_NE(Complaint(tree_.Path(folder + "/s"), nullptr).find("cannot be opened (error 36)"),
            std::string::npos);
}

}  // namespace
}  // namespace memgov
