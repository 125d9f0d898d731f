#include "governor/cli/launch/search_path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

absl::Status CheckExecutable(const std::string& path) {
  struct stat file;
  if (stat(path.c_str(), &file) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return absl::NotFoundError(absl::StrCat(Printable(path), ": no such command"));
    }
    return absl::FailedPreconditionError(absl::StrCat(Printable(path), ": ", strerror(errno)));
  }
  if (S_ISDIR(file.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(Printable(path), ": is a folder"));
  }
  // Effective ids, as execve checks. It also says no on file systems that are mounted noexec.
  if (!S_ISREG(file.st_mode) || faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(Printable(path), ": is not executable"));
  }
  return absl::OkStatus();
}

std::string SystemPath() {
  std::string path(confstr(_CS_PATH, nullptr, 0), '\0');
  confstr(_CS_PATH, path.data(), path.size());
  return path.c_str();
}

}  // namespace

absl::StatusOr<std::string> FindExecutable(const std::string& name, const std::string& search_path) {
  if (name.find('/') != std::string::npos) {
    if (absl::Status status = CheckExecutable(name); !status.ok()) return status;
    return name;
  }
  if (name.empty()) return absl::NotFoundError("\"\": no such command");
  const std::string folders = search_path.empty() ? SystemPath() : search_path;
  absl::Status refused =
      absl::NotFoundError(absl::StrCat(Printable(name), ": no such command in the folders of PATH"));
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string folder = folders.substr(begin, end - begin);
    begin = end + 1;
    const std::string path = folder.empty() ? "./" + name : absl::StrCat(folder, "/", name);
    absl::Status status = CheckExecutable(path);
    if (status.ok()) return path;
    if (!absl::IsNotFound(status) && absl::IsNotFound(refused)) refused = std::move(status);
  }
  return refused;
}

}  // namespace memgov::cli
