#include "governor/cli/launch/preflight.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/launch/start.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);
// A program with a thousand libraries names 100 KB of them.
constexpr size_t kMostText = size_t{1} << 20;

// All that can be read within the time; false when it was not all.
bool ReadAll(int descriptor, std::string* text) {
  const absl::Time deadline = SteadyNow() + kPatience;
  pollfd waited = {descriptor, POLLIN, 0};
  for (;;) {
    const int left_ms = static_cast<int>(absl::ToInt64Milliseconds(deadline - SteadyNow()));
    if (left_ms <= 0 || text->size() > kMostText || poll(&waited, 1, left_ms) == 0) return false;
    char piece[4096];
    const ssize_t bytes = read(descriptor, piece, sizeof piece);
    if (bytes == 0) return true;
    if (bytes > 0) text->append(piece, static_cast<size_t>(bytes));
    if (bytes < 0 && errno != EINTR) return false;
  }
}

std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

absl::Status AskLoader(const Program& program, const Environment& environment, const std::string& library) {
  if (program.loader.empty()) return absl::OkStatus();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::OkStatus();
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    Execute(program.loader, {program.loader, "--list", program.loaded}, environment);
    _exit(kNotExecuted);
  }
  close(ends[1]);
  std::string text;
  const bool whole = child > 0 && ReadAll(ends[0], &text);
  close(ends[0]);
  if (child > 0 && !whole) kill(child, SIGKILL);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  // "<tab><path> (0x<address>)": what it could not load it names, too, but in an error.
  if (!whole || absl::StrContains(text, library + " (0x")) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(Printable(program.path), ": its loader does not load ",
                                                    Printable(library), ": ", Printable(FirstLine(text))));
}

}  // namespace memgov::cli
