#include "fake_memgov.h"

// The calls themselves are declared then, instead of accessors that look them up.
#define MEMGOV_LINKED
#include <memgov/memgov.h>

#include "absl/synchronization/mutex.h"

namespace {

struct State {
  size_t room = SIZE_MAX;
  size_t admitted = 0;
  bool reject_all = false;
  int asked = 0;
  memgov_pressure_fn callback = nullptr;
  void* data = nullptr;
};

absl::Mutex mutex(absl::kConstInit);
State state;

}  // namespace

extern "C" int memgov_admit(size_t bytes) {
  absl::MutexLock lock(&mutex);
  ++state.asked;
  if (state.reject_all) return MEMGOV_REJECT;
  if (bytes > state.room || state.admitted > state.room - bytes) return MEMGOV_DEFER;
  state.admitted += bytes;
  return MEMGOV_ADMITTED;
}

extern "C" int memgov_admit_done(size_t bytes) {
  absl::MutexLock lock(&mutex);
  state.admitted -= bytes;
  return 0;
}

extern "C" int memgov_on_pressure(memgov_pressure_fn run, void* data) {
  absl::MutexLock lock(&mutex);
  state.callback = run;
  state.data = data;
  return 1;
}

extern "C" int memgov_off_pressure(int) {
  absl::MutexLock lock(&mutex);
  state.callback = nullptr;
  return 0;
}

extern "C" int memgov_budget(memgov_budget_t* out) {
  absl::MutexLock lock(&mutex);
  const uint64_t budget = state.room == SIZE_MAX ? MEMGOV_UNLIMITED : state.room;
  out->charged_bytes = 0;
  out->soft_bytes = out->hard_bytes = out->headroom_bytes = budget;
  out->limit_bytes = MEMGOV_UNLIMITED;
  out->admitted_bytes = state.admitted;
  out->rung = state.reject_all ? MEMGOV_HARD : MEMGOV_NORMAL;
  return 0;
}

extern "C" int memgov_available() { return 1; }

namespace fake_memgov {

void Reset(size_t room) {
  absl::MutexLock lock(&mutex);
  state = {.room = room, .callback = state.callback, .data = state.data};
}

void SetRoom(size_t room) {
  absl::MutexLock lock(&mutex);
  state.room = room;
}

void RejectAll() {
  absl::MutexLock lock(&mutex);
  state.reject_all = true;
}

size_t AdmittedBytes() {
  absl::MutexLock lock(&mutex);
  return state.admitted;
}

int Asked() {
  absl::MutexLock lock(&mutex);
  return state.asked;
}

bool HasCallback() {
  absl::MutexLock lock(&mutex);
  return state.callback != nullptr;
}

void Press(uint32_t rung, uint64_t want_bytes) {
  memgov_pressure_t event{};
  event.size = sizeof event;
  event.rung = rung;
  event.want_bytes = want_bytes;
  memgov_pressure_fn callback;
  void* data;
  {
    absl::MutexLock lock(&mutex);
    callback = state.callback;
    data = state.data;
  }
  if (callback != nullptr) callback(&event, data);
}

}  // namespace fake_memgov
