// What tells the governor of memory pressure while it sleeps: PSI triggers, memory.events, and the file of
// systemd's protocol (MEMORY_PRESSURE_WATCH, MEMORY_PRESSURE_WRITE: https://systemd.io/MEMORY_PRESSURE/).
//
// Safety: one thread, the governor's, whose private descriptor table holds the descriptors; no allocation. In
// a fork child ForgetInChild: the descriptors are not this process's.
//
// Assumptions: without CAP_SYS_RESOURCE the kernel takes only PSI windows that are multiples of 2 s
// (Linux 6.6 on; before that none at all). Where v1 has the memory controller there is no events file to wait
// for: failcnt is polled where there is a limit.
#ifndef MEMGOV_GOVERNOR_PRESSURE_WATCH_H_
#define MEMGOV_GOVERNOR_PRESSURE_WATCH_H_

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "governor/pressure/cgroup.h"

namespace memgov {

// How one source reaches us: as the effective configuration prints it.
enum class WatchState : uint8_t { kAbsent, kWatched, kPolled, kOff };
const char* WatchStateName(WatchState state);

// "some avg10=0.12 avg60=0.00 avg300=0.00 total=1234": total of "some" in microseconds. False when it is not
// that.
bool ParsePsiTotal(const char* text, uint64_t* some_us);
// Base64 (RFC 4648) as systemd writes it. The bytes decoded, or -1 for what is none or does not fit.
long DecodeBase64(const char* text, char* out, size_t capacity);

struct PressureSigns {
  bool pressed = false;     // a trigger fired: tasks stalled for memory
  bool events = false;      // memory.events changed: high, max or oom went up
  uint64_t stalled_us = 0;  // PSI "some" of the cgroup (or the system) since the last Collect; 0 unknown
  CgroupEvents delta;       // since the last Collect, the first one's since Open
};

class PressureWatch {
 public:
  static constexpr int kMostDescriptors = 3;  // PSI, events, systemd's
  // 200 ms of stall in 2 s: systemd's default.
  static constexpr uint64_t kTriggerStallUs = 200000;
  static constexpr uint64_t kTriggerWindowUs = 2000000;

  constexpr PressureWatch() = default;

  // Opens what can be opened; once. `files` must outlive the watch. `watch_path` and `watch_write` are
  // systemd's two variables or nullptr. A path that is wrong costs one line (message.h), never the process;
  // /dev/null means that nobody wants us to watch: all off. `root` as CgroupFiles::Find; watch_path is taken
  // as it is. keep_open false (no private descriptor table): nothing is watched, all is polled, systemd's
  // descriptor is off.
  void Open(const CgroupFiles& files, const char* root, const char* watch_path, const char* watch_write,
            bool keep_open);

  // For ppoll(2): fills `out` (kMostDescriptors) and returns how many. PSI and events want POLLPRI, FIFOs and
  // sockets POLLIN.
  int Descriptors(pollfd* out) const;
  // After poll, or without (nullptr, 0): drains what is readable, reads PSI and events, and says what is new.
  // A trigger that answers POLLERR, or an events file that cannot be read any more (the cgroup is gone), is
  // closed and its source polled from then on; systemd's is absent from then on.
  PressureSigns Collect(const pollfd* polled, int count);

  // Is there a source that exists and is not watched? Then the governor looks every kPollNs at rest.
  bool NeedsPolling() const;
  static constexpr uint64_t kPollNs = 10 * 1000000000ULL;

  WatchState psi() const { return psi_; }
  WatchState events() const { return events_; }
  WatchState systemd() const { return systemd_; }
  // Which file PSI comes from ("" none): the cgroup's own, else the system's.
  const char* psi_path() const { return psi_path_; }

  void ForgetInChild() { *this = PressureWatch(); }

 private:
  void OpenPsi(const char* root, bool keep_open);
  void OpenEvents(bool keep_open);
  void OpenSystemd(const char* path, const char* write, bool keep_open);
  void Settle(const pollfd& polled, PressureSigns* signs);
  void ReadStall(PressureSigns* signs);
  void ReadEvents(PressureSigns* signs);
  CgroupEvents EventsNow();

  WatchState psi_ = WatchState::kAbsent;
  WatchState events_ = WatchState::kAbsent;
  WatchState systemd_ = WatchState::kAbsent;
  bool systemd_pours_ = false;  // a FIFO or a socket, which is drained
  bool stall_known_ = false;
  int psi_descriptor_ = -1;
  int events_descriptor_ = -1;
  int systemd_descriptor_ = -1;
  uint64_t stall_us_ = 0;  // total of PSI "some" at the last look
  CgroupEvents seen_;
  const CgroupFiles* files_ = nullptr;
  char psi_path_[kCgroupPathBytes + 32] = {};
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_PRESSURE_WATCH_H_
