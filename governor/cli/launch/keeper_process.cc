#include "governor/cli/launch/keeper_process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <set>

#include "governor/cli/launch/family.h"
#include "governor/cli/launch/start.h"

namespace memgov::cli {
namespace {

double Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void Tell(int events, const KeeperNews& news) {
  const ssize_t written = write(events, &news, sizeof news);
  static_cast<void>(written);  // a tool that is gone has closed the leash, too
}

void UnblockAll() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) signal(number, SIG_DFL);
}

void Redirect(const StartSpec& spec) {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  // Copies first: where 0 to 2 were closed, one of these may be one of them.
  const int output = fcntl(spec.output < 0 ? nothing : spec.output, F_DUPFD_CLOEXEC, 3);
  const int error = fcntl(spec.error < 0 ? nothing : spec.error, F_DUPFD_CLOEXEC, 3);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(error, STDERR_FILENO);
}

// Ends of other keepers' pipes above all: they are to close with the tool.
void CloseAllBut(const std::set<int>& kept) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open_ones(opendir("/proc/self/fd"), &closedir);
  if (open_ones == nullptr) return;
  std::set<int> others;
  while (const dirent* entry = readdir(open_ones.get())) {
    const int descriptor = atoi(entry->d_name);
    if (descriptor > 2 && descriptor != dirfd(open_ones.get()) && !kept.contains(descriptor)) {
      others.insert(descriptor);
    }
  }
  for (const int descriptor : others) close(descriptor);
}

[[noreturn]] void BeCommand(const StartSpec& spec, int failure) {
  setpgid(0, 0);
  Redirect(spec);
  UnblockAll();
  Execute(spec.path, spec.arguments, spec.environment);
  const int error = errno;
  const ssize_t written = write(failure, &error, sizeof error);
  static_cast<void>(written);
  _exit(kNotExecuted);
}

// The command's process; or 0, and errno.
pid_t StartCommand(const StartSpec& spec) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) BeCommand(spec, ends[1]);
  int error = child < 0 ? errno : 0;
  close(ends[1]);
  if (read(ends[0], &error, sizeof error) != sizeof error && child > 0) error = 0;
  close(ends[0]);
  errno = error;
  return error == 0 ? child : 0;
}

class KeeperProcess {
 public:
  KeeperProcess(int events, int leash) : events_(events), leash_(leash) {}

  [[noreturn]] void Run(const StartSpec& spec) {
    CloseAllBut({events_, leash_, spec.output, spec.error});
    rusage own;
    getrusage(RUSAGE_SELF, &own);
    started_ = Now();
    command_ = StartCommand(spec);
    if (command_ == 0) Tell(events_, {KeeperNews::kNotStarted, errno, 0, {}});
    if (command_ == 0) _exit(kNotExecuted);
    Tell(events_, {KeeperNews::kStarted, command_, 0, {}});
    // Else the pipes of the command's output would stay open with this process.
    if (spec.output > 2) close(spec.output);
    if (spec.error > 2 && spec.error != spec.output) close(spec.error);
    const int ends = WatchForEnds();
    while (Reap()) Wait(ends);
    KeeperNews last{KeeperNews::kAllEnded, static_cast<int>(own.ru_maxrss), Now() - started_, {}};
    getrusage(RUSAGE_CHILDREN, &last.usage);
    Tell(events_, last);
    _exit(0);
  }

 private:
  static int WatchForEnds() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
  }

  // False when there is nobody left.
  bool Reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = waitpid(-1, &status, WNOHANG);
      if (pid <= 0) return pid == 0;
      if (pid == command_) Tell(events_, {KeeperNews::kEnded, status, Now() - started_, {}});
    }
  }

  void Wait(int ends) {
    // A second at most, were a signal to be lost.
    pollfd waited[] = {{ends, POLLIN, 0}, {leash_, POLLIN, 0}};
    poll(waited, std::size(waited), 1000);
    signalfd_siginfo info;
    while (read(ends, &info, sizeof info) > 0) {
    }
    if (waited[1].revents != 0) KillDescendants(getpid());
  }

  const int events_;
  const int leash_;
  pid_t command_ = 0;
  double started_ = 0;
};

}  // namespace

void BeKeeper(const StartSpec& spec, int events, int leash) {
  // SIGCHLD is taken from a descriptor; what is sent to the tool's terminal or group is not for the keeper.
  signal(SIGCHLD, SIG_DFL);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  setsid();
  prctl(PR_SET_NAME, "memgov-keeper");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  KeeperProcess(events, leash).Run(spec);
}

}  // namespace memgov::cli
