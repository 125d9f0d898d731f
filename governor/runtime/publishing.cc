#include "governor/runtime/publishing.h"

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/cohort/cohort.h"
#include "governor/config/options.h"
#include "governor/telemetry/metrics.h"
#include "governor/telemetry/segment.h"

namespace memgov::governor::publishing {
namespace {

constexpr uint64_t kLeastNs = 1000000000;
// A snapshot takes some 50 us with the arena engine, but milliseconds where mallinfo2 walks a large heap.
constexpr uint64_t kShare = 1000;
constexpr uint64_t kMostNs = 10 * kLeastNs;
// Where the folder is full or read-only: then again, seldom.
constexpr uint64_t kFailedAgainNs = 60 * kLeastNs;

struct State {
  uint64_t activity = 0;  // when last published
  uint64_t due_ns = 0;
  uid_t user = 0;
};
constinit State state;
constinit const char* version = "";
constinit char** environment = nullptr;

// Off the stack, though this is the governor's own.
constinit Snapshot snapshot;

// A server that gives up root goes on in its new user's folder; and a folder may go, when a session ends.
void FollowUser() {
  const uid_t user = static_cast<uid_t>(CallKernel(SYS_geteuid));
  if (segment::IsOpen() && (user != state.user || !segment::IsThere())) segment::Close();
  state.user = user;
}

bool Publish(EngineControl& engine) {
  FollowUser();
  TakeSnapshot(engine, {version, true}, snapshot);
  if (!segment::IsOpen() && !segment::Open(cohort::RuntimeFolder(environment), snapshot)) return false;
  segment::Publish(snapshot);
  return true;
}

bool MayExport() { return options::Get(Option::kExport) != 0; }

}  // namespace

void Install(const char* version_text, char** process_environment) {
  version = version_text;
  environment = process_environment;
}

bool PublishNow(EngineControl& engine) { return MayExport() && Publish(engine); }

uint64_t Note(EngineControl& engine, uint64_t now_ns, uint64_t activity) {
  if (!MayExport() || (state.due_ns != 0 && activity == state.activity)) return UINT64_MAX;
  if (now_ns < state.due_ns) return state.due_ns - now_ns;
  const uint64_t begin_ns = os::ThreadCpuNanoseconds();
  const bool published = Publish(engine);
  const uint64_t cost_ns = (os::ThreadCpuNanoseconds() - begin_ns) * kShare;
  const uint64_t wait_ns = cost_ns < kLeastNs ? kLeastNs : cost_ns < kMostNs ? cost_ns : kMostNs;
  state.activity = activity;
  state.due_ns = now_ns + (published ? wait_ns : kFailedAgainNs);
  return UINT64_MAX;
}

void AtExit() { segment::Remove(); }

void ResetInChild() {
  segment::ForgetInChild();
  state = State{};
}

}  // namespace memgov::governor::publishing
