#include "governor/runtime/control_tick.h"

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/cohort/audience.h"
#include "governor/cohort/cohort.h"
#include "governor/config/options.h"
#include "governor/runtime/control_answers.h"
#include "governor/runtime/exit_guard.h"
#include "governor/runtime/stale_sockets.h"

namespace memgov::governor::control_tick {
namespace {

// After a failure, and at least between two looks at who this process is: some servers change their user for
// a moment and back.
constexpr uint64_t kFailedAgainNs = 60 * uint64_t{1000000000};
constexpr uint64_t kUserAgainNs = 1000000000;
constexpr uint64_t kLookAgainNs = 10 * uint64_t{1000000000};

constinit char** environment = nullptr;
constinit control::ControlSocket socket;

struct State {
  bool allowed = false;
  bool said = false;
  pid_t owner = 0;
  uid_t user = 0;
  uint64_t opened_ns = 0;  // the last attempt
  uint64_t again_ns = 0;
  uint64_t looked_ns = 0;  // is the socket still there?
};
constinit State state;

uid_t User() { return static_cast<uid_t>(CallKernel(SYS_geteuid)); }

void SayOnce(const char* path, int error) {
  if (state.said) return;
  state.said = true;
  Message line;
  line->Text("control socket: ").Text(path).Text(": cannot be made (error ");
  line->Number(static_cast<uint64_t>(-error)).Text("); this process cannot be steered from outside");
}

int Make(const char* path) {
  const int bound = socket.Bind(path);
  if (bound != 0) return bound;
  audience::Share(path, audience::Thing::kSocket);
  const audience::Group group = audience::CurrentGroup();
  return socket.Listen({state.user, group.access == audience::Access::kSteers, group.id});
}

bool Open() {
  const char* folder = cohort::RuntimeFolder(environment);
  if (*folder == '\0') return false;
  stale_sockets::Remove(folder);
  char path[control::ControlSocket::kPathBytes];
  stale_sockets::WritePath(path, folder, static_cast<uint64_t>(os::ProcessId()));
  const int result = Make(path);
  if (result != 0) SayOnce(path, result);
  return result == 0;
}

// A folder may go: a session that ends takes its own with it.
bool IsLost(uint64_t now_ns) {
  if (now_ns - state.looked_ns < kLookAgainNs) return false;
  state.looked_ns = now_ns;
  return !socket.IsThere();
}

// A server that gives up root goes on in its new user's folder.
void OpenIfNeeded(uint64_t now_ns) {
  const uid_t user = User();
  if (socket.IsOpen() && user == state.user && !IsLost(now_ns)) return;
  if (state.opened_ns != 0 && now_ns - state.opened_ns < (user == state.user ? state.again_ns : kUserAgainNs))
    return;
  socket.Close();
  state.owner = os::ProcessId();
  state.user = user;
  state.opened_ns = now_ns;
  state.again_ns = Open() ? kUserAgainNs : kFailedAgainNs;
}

uint64_t ServeOpen(const pollfd* polled, int count) {
  const uint64_t now_ns = os::NowNanoseconds();
  OpenIfNeeded(now_ns);
  const uint64_t sleep_ns = socket.Serve(polled, count, now_ns);
  return socket.IsOpen() && User() != state.user && sleep_ns > kUserAgainNs ? kUserAgainNs : sleep_ns;
}

}  // namespace

void Install(const char* version, char** process_environment) {
  environment = process_environment;
  control_answers::Install(version);
}

void Allow(bool has_private_descriptors) {
  state.allowed = has_private_descriptors && options::Get(Option::kExport) != 0;
}

int Descriptors(pollfd* out) { return socket.Descriptors(out); }

uint64_t Serve(const pollfd* polled, int count) {
  if (!state.allowed) return UINT64_MAX;
  const uint64_t sleep_ns = exit_guard::Enter() ? ServeOpen(polled, count) : UINT64_MAX;
  exit_guard::Leave();
  return sleep_ns;
}

// A child that was made without fork's handlers has its parent's memory, and not its socket.
void AtExit() {
  if (state.owner == os::ProcessId()) socket.RemoveFile();
}

void ResetInChild() {
  socket.ForgetInChild();
  state = State{};
}

}  // namespace memgov::governor::control_tick
