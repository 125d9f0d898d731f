#include "governor/cli/recording/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

absl::Status Failed(const std::string& path) {
  const int error = errno;
  const std::string message = absl::StrCat(Printable(path), ": ", strerror(error));
  return error == EACCES || error == EPERM ? absl::PermissionDeniedError(message)
                                           : absl::UnavailableError(message);
}

bool WriteAll(int descriptor, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t written = write(descriptor, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    done += static_cast<size_t>(written);
  }
  return true;
}

absl::Status WriteInto(const std::string& path, int descriptor, const std::string& page) {
  if (descriptor < 0) return Failed(path);
  const bool written = WriteAll(descriptor, page);
  const absl::Status status = written ? absl::OkStatus() : Failed(path);
  close(descriptor);
  return status;
}

}  // namespace

absl::StatusOr<Recording> ReadForReport(const std::string& path) {
  Progress progress("reading the recording");
  absl::StatusOr<Recording> recording =
      ReadRecording(path, [&progress](double part) { progress.Update(part, ""); });
  if (recording.ok() && recording->samples.empty()) {
    return absl::DataLossError(absl::StrCat(Printable(RecordingName(path)), ": no sample in it"));
  }
  return recording;
}

std::string PageBeside(const std::string& recording_path, int pid) {
  if (recording_path == "-") return absl::StrCat("memgov-", pid, ".html");
  const size_t slash = recording_path.rfind('/');
  const size_t start = slash == std::string::npos ? 0 : slash + 1;
  const size_t dot = recording_path.rfind('.');
  const bool has_ending = dot != std::string::npos && dot > start;
  const std::string stem = has_ending ? recording_path.substr(0, dot) : recording_path;
  return stem + ".html" == recording_path ? recording_path + ".html" : stem + ".html";
}

absl::Status WritePage(const std::string& path, const std::string& page) {
  if (path == "-") return WriteInto("standard output", dup(STDOUT_FILENO), page);
  struct stat status;
  const bool special = stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  if (special) return WriteInto(path, open(path.c_str(), O_WRONLY | O_CLOEXEC), page);
  const std::string fresh = absl::StrCat(path, ".", getpid(), ".new");
  const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return Failed(path);
  absl::Status written = WriteInto(path, descriptor, page);
  if (written.ok() && rename(fresh.c_str(), path.c_str()) != 0) written = Failed(path);
  if (!written.ok()) unlink(fresh.c_str());
  return written;
}

}  // namespace memgov::cli
