#include "governor/base/message.h"
#include "governor/pressure/watch.h"
#include "governor/pressure/watch_files.h"

namespace memgov {
namespace {

// The kernel takes 31 bytes; what a manager's FIFO or socket wants is up to it.
constexpr size_t kMostWriteBytes = 128;

void SayBad(const char* variable, const char* value, const char* fault, int error) {
  Message message;
  message->Text(variable).Text("=").Text(value).Text(": ").Text(fault);
  if (error != 0) message->Text(" (error ").Number(static_cast<uint64_t>(-error)).Text(")");
  message->Text("; memory pressure is watched without it");
}

int OpenAsItIs(watch_files::Kind kind, const char* path, const char* data, size_t bytes) {
  if (kind == watch_files::Kind::kFifo) return watch_files::OpenFifo(path, data, bytes);
  if (kind == watch_files::Kind::kSocket) return watch_files::Connect(path, data, bytes);
  return watch_files::OpenTrigger(path, data, bytes);
}

}  // namespace

void PressureWatch::OpenSystemd(const char* path, const char* write, bool keep_open) {
  constexpr const char* kPathName = "MEMORY_PRESSURE_WATCH";
  if (*path != '/') return SayBad(kPathName, path, "not an absolute path", 0);
  char data[kMostWriteBytes];
  const long bytes = write == nullptr ? 0 : DecodeBase64(write, data, sizeof data);
  if (bytes < 0) return SayBad("MEMORY_PRESSURE_WRITE", write, "not base64 of at most 128 bytes", 0);
  const watch_files::Kind kind = watch_files::KindOf(path);
  if (kind == watch_files::Kind::kOther) {
    return SayBad(kPathName, path, "neither a file, a FIFO nor a socket", 0);
  }
  if (!keep_open) {
    systemd_ = WatchState::kOff;
    return;
  }
  const int descriptor = OpenAsItIs(kind, path, data, static_cast<size_t>(bytes));
  if (descriptor < 0) return SayBad(kPathName, path, "cannot be opened", descriptor);
  systemd_descriptor_ = descriptor;
  systemd_pours_ = kind != watch_files::Kind::kRegular;
  systemd_ = WatchState::kWatched;
}

}  // namespace memgov
