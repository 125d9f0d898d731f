#include "governor/cli/launch/keeper.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/family.h"
#include "governor/cli/launch/keeper_process.h"

namespace memgov::cli {
namespace {

// 0 at the end, less than a piece of news when there is none yet.
ssize_t ReadNews(int events, KeeperNews* news) {
  ssize_t bytes;
  while ((bytes = read(events, news, sizeof *news)) < 0 && errno == EINTR) {
  }
  return bytes;
}

constexpr ssize_t kWhole = sizeof(KeeperNews);

void WaitFor(int pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

absl::Status NotStarted(const std::string& what, int error) {
  return absl::FailedPreconditionError(absl::StrCat(Printable(what), ": ", strerror(error)));
}

}  // namespace

absl::StatusOr<Keeper> Keeper::Start(const StartSpec& spec) {
  int events[2];
  int leash[2];
  if (pipe2(events, O_CLOEXEC) != 0 || pipe2(leash, O_CLOEXEC) != 0) return NotStarted("pipe", errno);
  const pid_t keeper = fork();
  if (keeper == 0) {
    close(leash[1]);
    close(events[0]);
    BeKeeper(spec, events[1], leash[0]);
  }
  const int error = errno;
  close(events[1]);
  close(leash[0]);
  KeeperNews news;
  if (keeper > 0 && ReadNews(events[0], &news) == kWhole && news.kind == KeeperNews::kStarted) {
    fcntl(events[0], F_SETFL, O_NONBLOCK);
    return Keeper(keeper, news.value, events[0], leash[1]);
  }
  close(events[0]);
  close(leash[1]);
  if (keeper < 0) return NotStarted("fork", error);
  WaitFor(keeper);
  return NotStarted(spec.path, news.kind == KeeperNews::kNotStarted ? news.value : ECHILD);
}

Keeper::Keeper(int keeper, int command, int events, int leash)
    : keeper_(keeper), command_(command), events_(events), leash_(leash) {}

Keeper::Keeper(Keeper&& other) noexcept
    : keeper_(other.keeper_), command_(other.command_), events_(other.events_), leash_(other.leash_) {
  other.keeper_ = 0;
}

Keeper::~Keeper() {
  if (keeper_ == 0) return;
  close(leash_);
  WaitFor(keeper_);
  close(events_);
}

void Keeper::Update() {
  KeeperNews news;
  ssize_t bytes;
  while (!ended_ && (bytes = ReadNews(events_, &news)) >= 0) {
    // A keeper that somebody killed has no last word.
    if (bytes != kWhole || news.kind == KeeperNews::kAllEnded) ended_ = true;
    if (bytes == kWhole && news.kind == KeeperNews::kAllEnded) {
      usage_ = news.usage;
      seconds_of_all_ = news.seconds;
      least_maxrss_ = news.value;
    }
    if (bytes == kWhole && news.kind == KeeperNews::kEnded) {
      status_ = news.value;
      seconds_ = news.seconds;
    }
  }
}

void Keeper::Signal(int signal) {
  if (!status_.has_value()) {
    kill(command_, signal);
    return;
  }
  for (const int pid : Descendants(keeper_)) kill(pid, signal);
}

void Keeper::Kill() { KillDescendants(keeper_); }

}  // namespace memgov::cli
