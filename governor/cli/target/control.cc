#include "governor/cli/target/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/times.h"

namespace memgov::cli {
namespace {

constexpr size_t kMostAnswerBytes = 256 << 10;  // twice what a process sends
constexpr size_t kMostErrorBytes = 1024;
constexpr absl::Duration kAgain = absl::Milliseconds(5);
// A file on which nobody listens is of a process that has just started, or has executed another program.
constexpr absl::Duration kMostRefused = absl::Milliseconds(200);

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

std::string Name(const Governed& process) { return absl::StrCat("process ", process.pid); }

absl::Status NotPermitted(const Governed& process) {
  return absl::PermissionDeniedError(absl::StrCat(
      Name(process), " belongs to user ", process.user,
      "; it answers that user and root, and a group where MEMGOV_GROUP and MEMGOV_MODE=0660 say so"));
}

absl::Status Silent(const Governed& process, absl::Duration patience) {
  return absl::UnavailableError(absl::StrCat(Name(process), " does not answer within ",
                                             cli::FormatDuration(patience),
                                             ": it is stopped, or has no CPU time"));
}

// The socket itself, whatever else has its name: no link is followed.
absl::StatusOr<Descriptor> Find(const Governed& process) {
  const std::string path = process.SocketPath();
  Descriptor file(open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (file.number() < 0 && errno == EACCES) return NotPermitted(process);
  if (file.number() < 0) {
    return absl::UnavailableError(absl::StrCat(
        Name(process), " has no control socket (", Printable(path), ": ", std::strerror(errno),
        "): it has just started, or has MEMGOV_EXPORT=0 or MEMGOV_THREAD=never, or Linux before 5.9"));
  }
  struct stat status {};
  if (fstat(file.number(), &status) != 0 || !S_ISSOCK(status.st_mode) || status.st_uid != process.user) {
    return absl::DataLossError(
        absl::StrCat(Printable(path), ": not a socket of user ", process.user, "; nothing was sent"));
  }
  return file;
}

sockaddr_un AddressOf(const Descriptor& file) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  // Short, and exactly the file that was looked at.
  const std::string path = absl::StrCat("/proc/self/fd/", file.number());
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

absl::StatusOr<Descriptor> Connect(const Governed& process, absl::Time deadline, absl::Duration patience) {
  const absl::Time begin = SteadyNow();
  for (;;) {
    absl::StatusOr<Descriptor> file = Find(process);
    if (!file.ok()) return file.status();
    Descriptor connection(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const sockaddr_un address = AddressOf(*file);
    if (connect(connection.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return connection;
    const int error = errno;
    if (error == EACCES || error == EPERM) return NotPermitted(process);
    const bool crowded = error == EAGAIN;
    if (!crowded && (error != ECONNREFUSED || SteadyNow() - begin > kMostRefused)) {
      return absl::UnavailableError(absl::StrCat("nobody listens for ", Name(process), " (",
                                                 std::strerror(error),
                                                 "): it has ended, or runs another program now"));
    }
    if (SteadyNow() > deadline) return Silent(process, patience);
    absl::SleepFor(kAgain);
  }
}

// Linux says whose socket it was when it began to listen.
bool IsOf(const Descriptor& connection, uid_t user) {
  ucred peer{};
  socklen_t bytes = sizeof peer;
  return getsockopt(connection.number(), SOL_SOCKET, SO_PEERCRED, &peer, &bytes) == 0 && peer.uid == user;
}

// The message; nullopt where the connection was closed without one.
absl::StatusOr<std::optional<std::string>> Receive(const Descriptor& connection, const Governed& process,
                                                   absl::Time deadline, absl::Duration patience) {
  std::string message(kMostAnswerBytes, '\0');
  for (;;) {
    const ssize_t size = recv(connection.number(), message.data(), message.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (size > static_cast<ssize_t>(message.size()))
      return absl::DataLossError(absl::StrCat(Name(process), ": an answer of ", size, " bytes"));
    if (size > 0) {
      message.resize(static_cast<size_t>(size));
      return std::optional<std::string>(std::move(message));
    }
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) return std::optional<std::string>();
    const absl::Duration left = deadline - SteadyNow();
    if (left <= absl::ZeroDuration()) return Silent(process, patience);
    pollfd ready{connection.number(), POLLIN, 0};
    poll(&ready, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1);
  }
}

// What follows `prefix`; nullopt where the message does not begin with it.
std::optional<std::string> After(const std::string& message, std::string_view prefix) {
  if (message.compare(0, prefix.size(), prefix) != 0) return std::nullopt;
  return message.substr(prefix.size());
}

absl::StatusOr<std::string> Understand(const std::string& message, const Governed& process) {
  if (std::optional<std::string> text = After(message, "ok ")) return *std::move(text);
  if (const std::optional<std::string> why = After(message, "error "))
    return absl::InvalidArgumentError(Printable(why->substr(0, kMostErrorBytes)));
  return absl::DataLossError(
      absl::StrCat(Name(process), ": what answers at ", Printable(process.SocketPath()), " is not memgov"));
}

}  // namespace

absl::StatusOr<std::string> Ask(const Governed& process, std::string_view request, absl::Duration patience) {
  const absl::Time deadline = SteadyNow() + patience;
  absl::StatusOr<Descriptor> connection = Connect(process, deadline, patience);
  if (!connection.ok()) return connection.status();
  if (!IsOf(*connection, process.user)) {
    return absl::DataLossError(absl::StrCat(Printable(process.SocketPath()), ": not user ", process.user,
                                            "'s process listens there; nothing was sent"));
  }
  const ssize_t sent =
      send(connection->number(), request.data(), request.size(), MSG_NOSIGNAL | MSG_DONTWAIT | MSG_EOR);
  // A refusal may come before the request went out.
  if (sent < 0 && errno != EPIPE && errno != ECONNRESET)
    return absl::UnavailableError(absl::StrCat(Name(process), ": ", std::strerror(errno)));
  absl::StatusOr<std::optional<std::string>> answer = Receive(*connection, process, deadline, patience);
  if (!answer.ok()) return answer.status();
  if (answer->has_value()) return Understand(**answer, process);
  if (geteuid() != 0 && geteuid() != process.user) return NotPermitted(process);
  return absl::UnavailableError(
      absl::StrCat(Name(process), " closed the connection without an answer: it has ended, or too many ask"));
}

}  // namespace memgov::cli
