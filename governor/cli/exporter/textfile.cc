#include "governor/cli/exporter/textfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

absl::Status FileError(const std::string& path, int error) {
  const std::string message =
      absl::StrCat("--textfile ", Printable(path), ": cannot be written: ", std::strerror(error));
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(message);
  return error == ENOENT || error == ENOTDIR || error == EISDIR ? absl::InvalidArgumentError(message)
                                                                : absl::UnavailableError(message);
}

mode_t FileMode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0644 & ~mask;
}

bool WriteAll(int descriptor, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t written = write(descriptor, text.data() + done, text.size() - done);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) done += static_cast<size_t>(written);
  }
  return true;
}

}  // namespace

absl::Status WriteTextfile(const std::string& path, const std::string& text) {
  const size_t slash = path.rfind('/');
  const size_t name = slash == std::string::npos ? 0 : slash + 1;
  if (name == path.size()) return FileError(path, EISDIR);
  std::string temporary = absl::StrCat(path.substr(0, name), ".", path.substr(name), ".XXXXXX");
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return FileError(path, errno);
  bool written = WriteAll(descriptor, text) && fchmod(descriptor, FileMode()) == 0;
  int error = errno;
  if (close(descriptor) != 0 && written) {
    written = false;
    error = errno;
  }
  if (written && rename(temporary.c_str(), path.c_str()) != 0) {
    written = false;
    error = errno;
  }
  if (written) return absl::OkStatus();
  unlink(temporary.c_str());
  return FileError(path, error);
}

}  // namespace memgov::cli
