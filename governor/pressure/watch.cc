#include "governor/pressure/watch.h"

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/base/text.h"
#include "governor/pressure/level_path.h"
#include "governor/pressure/watch_files.h"

namespace memgov {
namespace {

bool IsNullDevice(const char* path) { return path != nullptr && TextEqual(path, "/dev/null"); }

bool ReadPsi(const char* path, uint64_t* some_us) {
  char text[256];
  return ReadSmallFile(path, text, sizeof text) > 0 && ParsePsiTotal(text, some_us);
}

// What a counter went up by; it never goes down, but a file that cannot be read looks like zeros.
uint64_t TakeRise(uint64_t* seen, uint64_t now) {
  if (now <= *seen) return 0;
  const uint64_t rise = now - *seen;
  *seen = now;
  return rise;
}

// Not closed when poll says that it is not open: the number may be somebody else's by now.
void Drop(int* descriptor, short revents) {
  if ((revents & POLLNVAL) == 0) os::Close(*descriptor);
  *descriptor = -1;
}

}  // namespace

void PressureWatch::Open(const CgroupFiles& files, const char* root, const char* watch_path,
                         const char* watch_write, bool keep_open) {
  files_ = &files;
  if (IsNullDevice(watch_path)) {
    psi_ = events_ = systemd_ = WatchState::kOff;
    return;
  }
  OpenPsi(root, keep_open);
  OpenEvents(keep_open);
  if (watch_path != nullptr && *watch_path != '\0') OpenSystemd(watch_path, watch_write, keep_open);
  PressureSigns before_us;
  ReadStall(&before_us);
  ReadEvents(&before_us);
}

// The cgroup's own file even where it takes no trigger: the system's speaks of everybody's pressure.
void PressureWatch::OpenPsi(const char* root, bool keep_open) {
  uint64_t total = 0;
  LevelPath unified(files_->unified_directory(), 0);
  const char* path = unified.File("memory.pressure");
  if (files_->unified_directory()[0] == '\0' || !ReadPsi(path, &total)) {
    LevelPath system(root, 0);
    path = system.File("proc/pressure/memory");
    if (!ReadPsi(path, &total)) return;
    CopyText(psi_path_, sizeof psi_path_, path, path + TextLength(path));
  } else {
    CopyText(psi_path_, sizeof psi_path_, path, path + TextLength(path));
  }
  psi_ = WatchState::kPolled;
  if (!keep_open) return;
  // Something has to follow the last digit: files below /proc/pressure replace the last byte by a NUL.
  TextBuffer<64> trigger;
  trigger.Text("some ").Number(kTriggerStallUs).Text(" ").Number(kTriggerWindowUs).Line();
  psi_descriptor_ = watch_files::OpenTrigger(psi_path_, trigger.data(), trigger.size());
  if (psi_descriptor_ >= 0) psi_ = WatchState::kWatched;
}

void PressureWatch::OpenEvents(bool keep_open) {
  if (files_->version() == CgroupVersion::kNone) return;
  char path[sizeof psi_path_];
  char text[256];
  files_->EventsFile(path, sizeof path);
  if (ReadSmallFile(path, text, sizeof text) <= 0) return;
  if (files_->version() == CgroupVersion::kV1) {
    if (files_->ReadLimit() != kNoLimit) events_ = WatchState::kPolled;
    return;
  }
  events_ = WatchState::kPolled;
  if (!keep_open) return;
  events_descriptor_ = watch_files::OpenNotifier(path);
  if (events_descriptor_ >= 0) events_ = WatchState::kWatched;
}

int PressureWatch::Descriptors(pollfd* out) const {
  int count = 0;
  if (psi_descriptor_ >= 0) out[count++] = {psi_descriptor_, POLLPRI, 0};
  if (events_descriptor_ >= 0) out[count++] = {events_descriptor_, POLLPRI, 0};
  const short wanted = systemd_pours_ ? POLLIN : POLLPRI;
  if (systemd_descriptor_ >= 0) out[count++] = {systemd_descriptor_, wanted, 0};
  return count;
}

PressureSigns PressureWatch::Collect(const pollfd* polled, int count) {
  PressureSigns signs;
  for (int index = 0; index < count; ++index) {
    if (polled[index].revents != 0) Settle(polled[index], &signs);
  }
  ReadStall(&signs);
  ReadEvents(&signs);
  return signs;
}

// A trigger whose cgroup is gone answers POLLERR for ever; an events file answers it whenever it changed
// (kernfs), so that its descriptor is judged by reading it.
void PressureWatch::Settle(const pollfd& polled, PressureSigns* signs) {
  const bool failed = (polled.revents & (POLLERR | POLLNVAL)) != 0;
  if (polled.fd == psi_descriptor_) {
    signs->pressed |= !failed;
    if (!failed) return;
    Drop(&psi_descriptor_, polled.revents);
    psi_ = WatchState::kPolled;
  } else if (polled.fd == events_descriptor_) {
    if ((polled.revents & POLLNVAL) == 0) return;
    Drop(&events_descriptor_, polled.revents);
    events_ = WatchState::kPolled;
  } else if (polled.fd == systemd_descriptor_) {
    signs->pressed |= !failed && (polled.revents & (POLLPRI | POLLIN)) != 0;
    const bool lasts = systemd_pours_ ? watch_files::Drain(polled.fd) : (polled.revents & POLLHUP) == 0;
    if (!failed && lasts) return;
    Drop(&systemd_descriptor_, polled.revents);
    systemd_ = WatchState::kAbsent;
  }
}

void PressureWatch::ReadStall(PressureSigns* signs) {
  uint64_t total = 0;
  if (psi_path_[0] == '\0' || !ReadPsi(psi_path_, &total)) return;
  const uint64_t rise = TakeRise(&stall_us_, total);
  if (stall_known_) signs->stalled_us = rise;
  stall_known_ = true;
}

void PressureWatch::ReadEvents(PressureSigns* signs) {
  if (events_ != WatchState::kWatched && events_ != WatchState::kPolled) return;
  const CgroupEvents now = EventsNow();
  CgroupEvents& delta = signs->delta;
  delta.low = TakeRise(&seen_.low, now.low);
  delta.high = TakeRise(&seen_.high, now.high);
  delta.max = TakeRise(&seen_.max, now.max);
  delta.oom = TakeRise(&seen_.oom, now.oom);
  delta.oom_kill = TakeRise(&seen_.oom_kill, now.oom_kill);
  signs->events = (delta.high | delta.max | delta.oom) != 0;
}

// By the descriptor where there is one: poll answers until it was read.
CgroupEvents PressureWatch::EventsNow() {
  if (events_descriptor_ < 0) return files_->ReadEvents();
  CgroupEvents events;
  char text[256];
  if (watch_files::ReadAgain(events_descriptor_, text, sizeof text) >= 0) {
    ParseEvents(text, &events);
    return events;
  }
  Drop(&events_descriptor_, 0);
  events_ = WatchState::kPolled;
  return files_->ReadEvents();
}

bool PressureWatch::NeedsPolling() const {
  return psi_ == WatchState::kPolled || events_ == WatchState::kPolled;
}

}  // namespace memgov
