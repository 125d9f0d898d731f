#include "governor/cli/launch/watcher.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/launch/mapped_object.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr int kLongestPauseMs = 50;

// Of the watcher's: the end of a pipe, and (Linux 5.3; else -1) the command by its pidfd.
struct Descriptors {
  int called;
  int command;
};

Descriptors KeepOnly(int called, int pid) {
  called = fcntl(called, F_DUPFD, 4);  // out of the way, where the user had closed 0 to 2
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing >= 0) {
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
  }
  called = dup2(called, 3);
  // close_range(2): Linux 5.9. Before, what is left open closes with the watcher.
  syscall(SYS_close_range, 4U, ~0U, 0U);
  return {called, static_cast<int>(syscall(SYS_pidfd_open, pid, 0U))};
}

// True when the process has exec'd; false when it has ended, or calls it off.
bool WaitForExec(const Descriptors& descriptors) {
  pollfd waited[] = {{descriptors.called, POLLIN, 0}, {descriptors.command, POLLIN, 0}};
  while (poll(waited, std::size(waited), -1) < 0 && errno == EINTR) {
  }
  char byte;
  return waited[1].revents == 0 && read(descriptors.called, &byte, 1) == 0;
}

Mapped LookUntilLoaded(int pid, int command, const std::string& library) {
  const absl::Time deadline = SteadyNow() + kPatience;
  pollfd waited = {command, POLLIN, 0};
  for (int pause_ms = 1;; pause_ms = std::min(2 * pause_ms, kLongestPauseMs)) {
    const Mapped mapped = LookForObject(pid, library);
    if (mapped != Mapped::kNotYet || SteadyNow() > deadline) return mapped;
    if (poll(&waited, 1, pause_ms) > 0) return Mapped::kGone;
  }
}

void Say(const std::string& text) {
  const std::string line = absl::StrCat("memgov: ", text, "\n");
  const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
  static_cast<void>(written);  // there is nobody else to tell
}

void Report(Mapped mapped, int pid, const std::string& library, const std::string& program, bool verbose) {
  const std::string who = absl::StrCat(Printable(program), " (process ", pid, ")");
  switch (mapped) {
    case Mapped::kYes:
      if (verbose) Say(absl::StrCat(who, " has loaded ", Printable(library)));
      return;
    case Mapped::kNo:
    case Mapped::kNotYet:
      return Say(absl::StrCat(who, " runs without ", Printable(library), ": its loader ignored LD_PRELOAD"));
    case Mapped::kGone:
      if (verbose) Say(absl::StrCat(who, " ended before anybody could see what it had loaded"));
      return;
    case Mapped::kUnreadable:
      if (verbose) Say(absl::StrCat(who, " does not let this user see what it has loaded"));
      return;
  }
}

[[noreturn]] void Watch(int called, int pid, const std::string& library, const std::string& program,
                        bool verbose) {
  prctl(PR_SET_NAME, "memgov-watch");
  const Descriptors descriptors = KeepOnly(called, pid);
  // Keep no folder in use.
  if (chdir("/") == 0 && WaitForExec(descriptors)) {
    Report(LookUntilLoaded(pid, descriptors.command, library), pid, library, program, verbose);
  }
  _exit(0);
}

}  // namespace

bool OrphansComeHere() {
  int subreaper = 0;
  prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
  return getpid() == 1 || subreaper != 0;
}

Watcher::Watcher(const std::string& library, const std::string& program, bool verbose) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  const int self = getpid();
  const pid_t between = fork();
  if (between == 0) {
    close(ends[1]);
    setsid();
    if (fork() == 0) Watch(ends[0], self, library, program, verbose);
    _exit(0);
  }
  close(ends[0]);
  signal_ = ends[1];
  while (between > 0 && waitpid(between, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Watcher::~Watcher() {
  if (signal_ < 0) return;
  const ssize_t written = write(signal_, "x", 1);
  static_cast<void>(written);  // a watcher that is gone watches nobody
  close(signal_);
}

}  // namespace memgov::cli
