// Descriptors that poll(2) can wait for: PSI triggers, and what systemd's protocol names.
//
// Safety: the governor's thread; no allocation; close-on-exec and non-blocking all of them; errno is kept.
// Results are descriptors or -errno.
#ifndef MEMGOV_GOVERNOR_PRESSURE_WATCH_FILES_H_
#define MEMGOV_GOVERNOR_PRESSURE_WATCH_FILES_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov::watch_files {

enum class Kind : uint8_t { kNone, kRegular, kFifo, kSocket, kOther };
Kind KindOf(const char* path);

// An opened file that answers POLLPRI once `trigger` is written into it
// (https://docs.kernel.org/accounting/psi.html#monitoring-for-pressure-thresholds).
int OpenTrigger(const char* path, const char* trigger, size_t bytes);
// For POLLPRI as it is: memory.events.
int OpenNotifier(const char* path);
// A FIFO, with both its ends where that is allowed: a FIFO whose last writer has gone answers POLLHUP for
// ever. `data` is written if there is any.
int OpenFifo(const char* path, const char* data, size_t bytes);
// A connected AF_UNIX stream socket; paths of more than 107 bytes: -ENAMETOOLONG.
int Connect(const char* path, const char* data, size_t bytes);

// The file from its beginning, NUL-terminated: bytes or -errno.
long ReadAgain(int descriptor, char* buffer, size_t capacity);
// Takes what can be read, a flood of it only in part. False at the end of a stream, and on errors.
bool Drain(int descriptor);

}  // namespace memgov::watch_files

#endif  // MEMGOV_GOVERNOR_PRESSURE_WATCH_FILES_H_
