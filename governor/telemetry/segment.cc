#include "governor/telemetry/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <atomic>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/base/raw_syscall.h"
#include "governor/cohort/process_identity.h"
#include "governor/cohort/shared_file.h"
#include "governor/telemetry/dead_files.h"
#include "governor/telemetry/metric_rows.h"
#include "governor/telemetry/quote.h"
#include "memgov/stats_segment.h"

namespace memgov::segment {
namespace {

using Header = memgov_segment_header_t;
using Copy = memgov_segment_copy_t;

constexpr size_t kNamesBytes = 6144;
constexpr size_t kMostValues = rows::CountOf(rows::kProcess) + rows::CountOf(rows::kEngine) +
                               rows::CountOf(rows::kRelease) * rows::kReasons;
constexpr size_t kPoolWords = MEMGOV_SEGMENT_POOL_NAME_BYTES / 8 + rows::CountOf(rows::kPool);
constexpr size_t kCopyBytes = sizeof(Copy) + (kMostValues + kPoolWords * kMostPools) * 8;
constexpr size_t kNamesOffset = sizeof(Header);
constexpr size_t kCopyOffset = kNamesOffset + kNamesBytes;
constexpr size_t kFileBytes = kCopyOffset + 2 * kCopyBytes;
static_assert(sizeof(Header) % 8 == 0 && kNamesBytes % 8 == 0 && kFileBytes <= MEMGOV_SEGMENT_MOST_BYTES);
static_assert(kPoolNameBytes == MEMGOV_SEGMENT_POOL_NAME_BYTES);

struct State {
  constexpr State() = default;
  char* memory = nullptr;
  shared_file::FileId file;
  uint64_t published = 0;
  bool said = false;
  bool removed = false;  // what ticks between exit handlers and the end makes no file anew
  char path[shared_file::kPathBytes] = {};
};
constinit State state;

char UnitLetter(MetricUnit unit) {
  return unit == MetricUnit::kBytes ? 'b' : unit == MetricUnit::kSeconds ? 's' : 'n';
}

void WriteName(const Metric& metric, const char* reason, TextWriter& out) {
  const char kind[] = {metric.kind == MetricKind::kCounter ? 'c' : 'g', ' ', UnitLetter(metric.unit), ' ',
                       '\0'};
  out.Text(kind).Text(metric.name);
  if (reason != nullptr) {
    out.Text("{reason=");
    WriteLabelValue(reason, out);
    out.Text("}");
  }
  out.Line();
}

// How many names.
size_t WriteNames(bool exact, TextWriter& out) {
  size_t count = rows::CountOf(rows::kProcess);
  for (const Metric& metric : rows::kProcess) WriteName(metric, nullptr, out);
  if (exact) {
    count += rows::CountOf(rows::kEngine);
    for (const Metric& metric : rows::kEngine) WriteName(metric, nullptr, out);
  }
  for (int reason = 0; reason < rows::kReasons; ++reason) {
    for (const Metric& metric : rows::kRelease)
      WriteName(metric, ReleaseReasonName(static_cast<ReleaseReason>(reason)), out);
  }
  count += rows::CountOf(rows::kRelease) * rows::kReasons;
  for (const Metric& metric : rows::kPool) WriteName(metric, nullptr, out);
  return count;
}

// Cut, and always with a NUL.
template <size_t kBytes>
void CopyInto(char (&out)[kBytes], const char* text) {
  size_t size = 0;
  while (size + 1 < kBytes && text[size] != '\0') ++size;
  memcpy(out, text, size);
}

void FillHeader(char* memory, const Snapshot& first) {
  Header& header = *reinterpret_cast<Header*>(memory);
  TextWriter names(memory + kNamesOffset, kNamesBytes);
  header.value_count = static_cast<uint32_t>(WriteNames(first.census.exact, names));
  header.names_bytes = static_cast<uint32_t>(names.size());
  header.names_offset = kNamesOffset;
  header.pool_value_count = rows::CountOf(rows::kPool);
  header.most_pools = kMostPools;
  header.copy_offset[0] = kCopyOffset;
  header.copy_offset[1] = kCopyOffset + kCopyBytes;
  header.copy_bytes = kCopyBytes;
  header.bytes = kFileBytes;
  header.process = OwnProcessWord();
  header.pid_namespace = PidNamespace();
  header.started_s = os::WallClockNanoseconds() / 1000000000;
  header.governor_thread = static_cast<uint32_t>(os::ThreadId());
  CopyInto(header.version_text, first.runtime.version);
  char command[sizeof header.command];
  if (ReadSmallFile("/proc/self/cmdline", command, sizeof command) > 0) CopyInto(header.command, command);
  header.version = MEMGOV_SEGMENT_VERSION;
  header.magic = MEMGOV_SEGMENT_MAGIC;
}

// The file under a name that only its maker uses, then under its own.
int Make(const Snapshot& first) {
  char making[shared_file::kPathBytes];
  TextWriter path(making, sizeof making - 1);
  path.Text(state.path).Text(".new");
  making[path.size()] = '\0';
  shared_file::Remove(making);  // of an earlier process of the same id, killed at it
  const int descriptor = shared_file::CreateShown(making, kFileBytes);
  if (descriptor < 0) return descriptor;
  shared_file::Identify(descriptor, &state.file);
  char* memory = static_cast<char*>(shared_file::MapAndClose(descriptor, kFileBytes));
  long result = memory != nullptr ? 0 : -ENOMEM;
  if (result == 0) {
    FillHeader(memory, first);
    result = CallKernel(SYS_renameat, AT_FDCWD, making, AT_FDCWD, state.path);
  }
  if (result == 0) {
    state.memory = memory;
    return 0;
  }
  if (memory != nullptr) os::Unmap(memory, kFileBytes);
  shared_file::Remove(making);
  return static_cast<int>(result);
}

void SayOnce(int error) {
  if (state.said) return;
  state.said = true;
  Message line;
  line->Text("stats segment: ").Text(state.path).Text(": cannot be made (error ");
  line->Number(static_cast<uint64_t>(-error)).Text("); this process cannot be seen from outside");
}

template <size_t kCount>
uint64_t* Append(uint64_t* at, const uint64_t (&values)[kCount]) {
  memcpy(at, values, sizeof values);
  return at + kCount;
}

void FillCopy(const Snapshot& snapshot, Copy& copy) {
  const Header& header = *reinterpret_cast<const Header*>(state.memory);
  copy.wall_clock_ns = os::WallClockNanoseconds();
  copy.monotonic_ns = os::NowNanoseconds();
  copy.pool_count = static_cast<uint64_t>(snapshot.census.pool_count);
  uint64_t* at = Append(copy.values, rows::ProcessValues(snapshot).of);
  constexpr size_t kAlways = kMostValues - rows::CountOf(rows::kEngine);
  if (header.value_count != kAlways) at = Append(at, rows::EngineValues(snapshot.census.engine).of);
  for (const ReleaseTotals& totals : snapshot.releases) at = Append(at, rows::ReleaseValues(totals).of);
  for (int id = 0; id < snapshot.census.pool_count; ++id) {
    char name[MEMGOV_SEGMENT_POOL_NAME_BYTES] = {};
    CopyInto(name, pools::Get(static_cast<PoolId>(id)).name);
    memcpy(at, name, sizeof name);
    at = Append(at + sizeof name / 8, rows::ValuesOfPool(snapshot, id).of);
  }
}

std::atomic_ref<uint64_t> SequenceOf(Copy& copy) { return std::atomic_ref<uint64_t>(copy.sequence); }

}  // namespace

bool Open(const char* folder, const Snapshot& first) {
  if (IsOpen()) return true;
  if (state.removed || *folder == '\0') return false;
  dead_files::Prune(folder, dead_files::Kind::kSegment);
  dead_files::WritePath(state.path, folder, static_cast<uint64_t>(os::ProcessId()),
                        dead_files::Kind::kSegment);
  const uint64_t process = static_cast<uint64_t>(os::ProcessId());
  const int result =
      dead_files::IsTaken(folder, process, dead_files::Kind::kSegment) ? -EADDRINUSE : Make(first);
  if (result != 0) SayOnce(result);
  state.published = 0;
  return result == 0;
}

bool IsOpen() { return state.memory != nullptr; }

void Publish(const Snapshot& snapshot) {
  if (!IsOpen()) return;
  ++state.published;
  Copy& copy = *reinterpret_cast<Copy*>(state.memory + kCopyOffset + state.published % 2 * kCopyBytes);
  SequenceOf(copy).exchange(2 * state.published - 1, std::memory_order_acq_rel);
  FillCopy(snapshot, copy);
  copy.checksum =
      memgov_segment_checksum(&copy.wall_clock_ns, (kCopyBytes - offsetof(Copy, wall_clock_ns)) / 8);
  SequenceOf(copy).store(2 * state.published, std::memory_order_release);
}

bool IsThere() {
  shared_file::FileId now;
  return IsOpen() && shared_file::Identify(state.path, &now) == 0 && now == state.file;
}

void Close() {
  if (!IsOpen()) return;
  // A server that gave up root may not look into root's folder, nor remove what it made there: then the file
  // says that it is nobody's.
  if (!IsThere() || shared_file::Remove(state.path) != 0)
    reinterpret_cast<Header*>(state.memory)->process &= ~uint64_t{UINT32_MAX};
  os::Unmap(state.memory, kFileBytes);
  state.memory = nullptr;
}

void Remove() {
  state.removed = true;
  Close();
}

void ForgetInChild() {
  state.removed = false;
  if (!IsOpen()) return;
  os::Unmap(state.memory, kFileBytes);
  state.memory = nullptr;
}

}  // namespace memgov::segment
