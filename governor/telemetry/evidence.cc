#include "governor/telemetry/evidence.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <atomic>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/cohort/process_identity.h"
#include "governor/cohort/shared_file.h"
#include "governor/telemetry/dead_files.h"
#include "governor/telemetry/evidence_files.h"

namespace memgov::evidence {
namespace {

// Columns of a line; the first is its number.
constexpr size_t kTime = 6;
constexpr size_t kRung = 28;
constexpr size_t kCharged = 36;
constexpr size_t kSoft = 47;
constexpr size_t kHard = 58;
constexpr size_t kLimit = 69;
constexpr size_t kAnonymous = 80;
constexpr size_t kLive = 91;
constexpr size_t kHeld = 102;
constexpr size_t kRefused = 113;
constexpr size_t kRejected = 122;
constexpr size_t kGrew = 132;

struct State {
  constexpr State() = default;
  char* memory = nullptr;
  shared_file::FileId file;
  uint64_t written = 0;
  bool said = false;
  bool removed = false;  // what ticks between exit handlers and the end makes no file anew
  char path[shared_file::kPathBytes] = {};
};
constinit State state;

void TwoDigits(TextWriter& out, uint64_t value) { out.Text(value < 10 ? "0" : "").Number(value); }

// Days to a date of the Gregorian calendar: http://howardhinnant.github.io/date_algorithms.html
// (civil_from_days), for days since 1970 that are not negative.
void Date(TextWriter& out, uint64_t days_since_1970) {
  const uint64_t days = days_since_1970 + 719468;  // since 0000-03-01
  const uint64_t era = days / 146097;
  const uint64_t day_of_era = days % 146097;
  const uint64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint64_t month_from_march = (5 * day_of_year + 2) / 153;
  const uint64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  out.Number(year_of_era + era * 400 + (month <= 2 ? 1 : 0)).Text("-");
  TwoDigits(out, month);
  out.Text("-");
  TwoDigits(out, day_of_year - (153 * month_from_march + 2) / 5 + 1);
}

void Time(TextWriter& out, uint64_t seconds_since_1970) {
  constexpr uint64_t kLast = 253402300799;  // 9999-12-31T23:59:59Z: what the column holds
  const uint64_t seconds = seconds_since_1970 < kLast ? seconds_since_1970 : kLast;
  Date(out, seconds / 86400);
  out.Text("T");
  TwoDigits(out, seconds / 3600 % 24);
  out.Text(":");
  TwoDigits(out, seconds / 60 % 60);
  out.Text(":");
  TwoDigits(out, seconds % 60);
  out.Text("Z");
}

void BytesOrNone(TextWriter& out, uint64_t bytes) {
  if (bytes == 0 || bytes == UINT64_MAX) {
    out.Text("none");
  } else {
    out.Bytes(bytes);
  }
}

void Grew(TextWriter& out, const Line& line) {
  if (*line.grew_pool == '\0') {
    out.Text("-");
    return;
  }
  const uint64_t bytes = static_cast<uint64_t>(line.grew_bytes);
  out.Text(line.grew_pool).Text(line.grew_bytes < 0 ? " -" : " +");
  out.Bytes(line.grew_bytes < 0 ? 0 - bytes : bytes);
}

// One row, and the newline always in its last place.
class Row : public TextBuffer<kRowBytes> {
 public:
  void Put(uint64_t row, size_t from = 0) {
    char* at = state.memory + row * kRowBytes;
    const size_t used = size() < kRowBytes - 1 ? size() : kRowBytes - 1;
    if (used > from) memcpy(at + from, data() + from, used - from);
    memset(at + used, ' ', kRowBytes - 1 - used);
    at[kRowBytes - 1] = '\n';
  }
};

void PutHeader(const char* engine) {
  Row identity;
  identity.Text(kStartPrefix).Number(OwnProcessWord() >> 32).Text(kNamespacePrefix).Number(PidNamespace());
  identity.Text(". The highest number is the newest line; refused and rejected count from the start.");
  identity.Put(kIdentityRow);
  char command[64];
  const long size = ReadSmallFile("/proc/self/cmdline", command, sizeof command);
  Row title;
  title.Text("memgov evidence of process ").Number(static_cast<uint64_t>(os::ProcessId())).Text(" (");
  title.Text(size > 0 ? command : "?").Text("), engine ").Text(engine).Text(", written from ");
  Time(title, os::WallClockSeconds());
  title.Text(" on. It is removed when the process ends by itself.");
  title.Put(kTitleRow);
  Row columns;
  columns.Text("#")
      .Column(kTime)
      .Text("time (UTC)")
      .Column(kRung)
      .Text("rung")
      .Column(kCharged)
      .Text("charged");
  columns.Column(kSoft).Text("soft").Column(kHard).Text("hard").Column(kLimit).Text("container");
  columns.Column(kAnonymous).Text("anonymous").Column(kLive).Text("live").Column(kHeld).Text("held");
  columns.Column(kRefused).Text("refused").Column(kRejected).Text("rejected").Column(kGrew).Text("grew most");
  columns.Put(kColumnsRow);
}

void PutEmptyLines() {
  for (int line = 0; line < kLines; ++line) Row().Put(kFirstLineRow + static_cast<uint64_t>(line));
  Row last;
  last.Text("Last reading: none yet.");
  last.Put(kLastRow);
}

void Figures(TextWriter& out, const Line& line) {
  out.Column(kTime);
  Time(out, line.wall_clock_s);
  out.Column(kRung).Text(line.rung).Column(kCharged).Bytes(line.charged_bytes).Column(kSoft);
  BytesOrNone(out, line.soft_bytes);
  out.Column(kHard);
  BytesOrNone(out, line.hard_bytes);
  out.Column(kLimit);
  BytesOrNone(out, line.limit_bytes);
  out.Column(kAnonymous).Bytes(line.anonymous_bytes).Column(kLive).Bytes(line.live_bytes);
  out.Column(kHeld).Bytes(line.held_bytes).Column(kRefused).Number(line.refused);
  out.Column(kRejected).Number(line.rejected).Column(kGrew);
  Grew(out, line);
}

// The number last: a line without one was being written when the process was killed.
void PutLine(const Line& line) {
  const uint64_t row = kFirstLineRow + (state.written - 1) % kLines;
  Row text;
  text.Number(state.written);
  Figures(text, line);
  memset(state.memory + row * kRowBytes, ' ', kTime);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  text.Put(row, kTime);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  memcpy(state.memory + row * kRowBytes, text.data(), kTime);
}

void PutLast(const Line& line) {
  Row last;
  last.Text("Last reading: line ").Number(state.written).Text(", ");
  Time(last, line.wall_clock_s);
  last.Text(", ").Text(line.rung).Text(": charged ").Bytes(line.charged_bytes).Text(" of ");
  BytesOrNone(last, line.hard_bytes);
  last.Text(" (container ");
  BytesOrNone(last, line.limit_bytes);
  last.Text("), refused ").Number(line.refused).Text(", rejected ").Number(line.rejected);
  last.Text(", grew most: ");
  Grew(last, line);
  last.Put(kLastRow);
}

// Made anew: what is there by this name is an earlier process's of the same id.
int Make() {
  shared_file::Remove(state.path);
  const int descriptor = shared_file::CreateShown(state.path, kFileBytes);
  if (descriptor < 0) return descriptor;
  shared_file::Identify(descriptor, &state.file);
  state.memory = static_cast<char*>(shared_file::MapAndClose(descriptor, kFileBytes));
  if (state.memory != nullptr) return 0;
  shared_file::Remove(state.path);
  return -ENOMEM;
}

void SayOnce(int error) {
  if (state.said) return;
  state.said = true;
  Message line;
  line->Text("evidence: ").Text(state.path).Text(": cannot be made (error ");
  line->Number(static_cast<uint64_t>(-error)).Text("); a death at the limit will leave no trace");
}

void Close() {
  os::Unmap(state.memory, kFileBytes);
  state.memory = nullptr;
}

}  // namespace

bool Open(const char* folder, const char* engine) {
  if (IsOpen()) return true;
  if (state.removed || *folder == '\0') return false;
  dead_files::Prune(folder, dead_files::Kind::kEvidence);
  const uint64_t process = static_cast<uint64_t>(os::ProcessId());
  dead_files::WritePath(state.path, folder, process, dead_files::Kind::kEvidence);
  const int result = dead_files::IsTaken(folder, process, dead_files::Kind::kEvidence) ? -EADDRINUSE : Make();
  if (result != 0) {
    SayOnce(result);
    return false;
  }
  state.written = 0;
  PutHeader(engine);
  PutEmptyLines();
  return true;
}

bool IsOpen() { return state.memory != nullptr; }

void Write(const Line& line) {
  if (!IsOpen()) return;
  ++state.written;
  PutLine(line);
  PutLast(line);
}

void Remove() {
  state.removed = true;
  if (!IsOpen()) return;
  shared_file::FileId now;
  const bool mine = shared_file::Identify(state.path, &now) == 0 && now == state.file;
  if (!mine || shared_file::Remove(state.path) != 0) {  // it changed its user, or its root
    Row last;
    last.Text("Ended by itself: this file could not be removed.");
    last.Put(kLastRow);
  }
  Close();
}

void ForgetInChild() {
  state.removed = false;
  if (IsOpen()) Close();
}

}  // namespace memgov::evidence
