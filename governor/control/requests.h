// What may be asked over the control socket: one line of text each, one answer ("ok <text>" or "error
// <why>"). Who knows the answers installs them.
//
// Safety: SetHandler before the governor's thread runs, or on it; the rest on that thread; no allocation.
#ifndef MEMGOV_GOVERNOR_CONTROL_REQUESTS_H_
#define MEMGOV_GOVERNOR_CONTROL_REQUESTS_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov::control {

constexpr size_t kMostRequestBytes = 256;
// The metrics of 64 pools with the longest names are half of it.
constexpr size_t kAnswerBytes = 128 << 10;

enum class Request : uint8_t { kJson, kPrometheus, kConfig, kClasses, kRefresh, kRelease, kSet, kCount };

// What a handler wrote: of an error one line. A size beyond the capacity: it did not fit.
struct Outcome {
  bool ok = true;
  size_t size = 0;
};

// `argument` is what follows the first word, "" for requests that have none.
using Handler = Outcome (*)(const char* argument, char* out, size_t capacity);
void SetHandler(Request request, Handler handler);

// What an engine or a governor that was not built for it cannot answer is an error as any other. Returns the
// answer's size; nothing of `request` is trusted. `out` has room for kAnswerBytes.
size_t AnswerRequest(const char* request, size_t size, char* out);

// An error of the socket's own, where there is no room for more: at most 128 bytes.
size_t WriteError(const char* why, char* out, size_t capacity);

}  // namespace memgov::control

#endif  // MEMGOV_GOVERNOR_CONTROL_REQUESTS_H_
