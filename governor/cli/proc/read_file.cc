#include "governor/cli/proc/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "absl/strings/str_cat.h"

namespace memgov::cli {
namespace {

constexpr size_t kLongestLine = size_t{16} << 10;

class File {
 public:
  // O_NONBLOCK: opening a FIFO that stands in a file's place must not wait.
  explicit File(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  // Bytes read; 0 at the end; -1 with errno.
  ssize_t Read(char* out, size_t bytes) const {
    for (;;) {
      const ssize_t got = read(descriptor_, out, bytes);
      if (got >= 0 || errno != EINTR) return got;
    }
  }

 private:
  const int descriptor_;
};

absl::Status ErrorOf(int error, std::string message) {
  if (error == ENOENT || error == ESRCH || error == ENOTDIR) return absl::NotFoundError(message);
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(message);
  return absl::UnavailableError(message);
}

// 0 and the text, or errno.
int ReadAll(const std::string& path, size_t most, std::string* text) {
  const File file(path);
  if (!file.is_open()) return errno;
  char piece[4096];
  while (text->size() < most) {
    const ssize_t got = file.Read(piece, std::min(sizeof piece, most - text->size()));
    if (got < 0) return errno;
    if (got == 0) break;
    text->append(piece, static_cast<size_t>(got));
  }
  return 0;
}

// What follows `key` in the line that begins with it, up to the line's end.
std::optional<std::string_view> RestOfLine(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(key)) return line.substr(key.size());
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

std::string PathOf(const std::string& root, int pid, const std::string& name) {
  return absl::StrCat(root, "/", pid, "/", name);
}

// Cuts text that comes in pieces into lines.
class LineCutter {
 public:
  explicit LineCutter(const std::function<bool(std::string_view)>& line) : line_(line) {}

  bool Take(std::string_view piece) {
    while (!piece.empty()) {
      const size_t end = piece.find('\n');
      const std::string_view part = piece.substr(0, end);
      begun_.append(part.substr(0, kLongestLine - std::min(kLongestLine, begun_.size())));
      if (end == std::string_view::npos) return true;
      if (!Finish()) return false;
      piece.remove_prefix(end + 1);
    }
    return true;
  }

  bool Finish() {
    const bool more = line_(begun_);
    begun_.clear();
    return more;
  }

  bool has_rest() const { return !begun_.empty(); }

 private:
  const std::function<bool(std::string_view)>& line_;
  std::string begun_;
};

}  // namespace

absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t most) {
  std::string text;
  const int error = ReadAll(path, most, &text);
  if (error != 0) return ErrorOf(error, absl::StrCat(path, ": ", absl::ErrnoToStatus(error, "").message()));
  return text;
}

absl::Status ProcessError(const std::string& root, int pid, int error) {
  struct stat status;
  if (error == ENOENT || error == ESRCH) {
    if (stat(absl::StrCat(root, "/", pid).c_str(), &status) != 0)
      return absl::NotFoundError(absl::StrCat("process ", pid, ": there is none"));
    return absl::NotFoundError(absl::StrCat(
        "process ", pid, ": has no memory of its own (a kernel thread, or one that ended just now)"));
  }
  if (error == EACCES || error == EPERM) {
    return absl::PermissionDeniedError(
        absl::StrCat("process ", pid, ": another user's; run memgov as that user or as root"));
  }
  return absl::UnavailableError(
      absl::StrCat("process ", pid, ": cannot be read: ", absl::ErrnoToStatus(error, "").message()));
}

absl::StatusOr<std::string> ReadProcessFile(const std::string& root, int pid, const std::string& name,
                                            size_t most) {
  std::string text;
  const int error = ReadAll(PathOf(root, pid, name), most, &text);
  if (error != 0) return ProcessError(root, pid, error);
  return text;
}

absl::Status ForEachLineOf(const std::string& root, int pid, const std::string& name,
                           const std::function<bool(std::string_view)>& line) {
  const File file(PathOf(root, pid, name));
  if (!file.is_open()) return ProcessError(root, pid, errno);
  std::string piece(size_t{64} << 10, '\0');
  LineCutter cutter(line);
  for (;;) {
    const ssize_t got = file.Read(piece.data(), piece.size());
    if (got < 0) return ProcessError(root, pid, errno);
    if (got == 0) break;
    if (!cutter.Take(std::string_view(piece).substr(0, static_cast<size_t>(got)))) return absl::OkStatus();
  }
  if (cutter.has_rest()) cutter.Finish();
  return absl::OkStatus();
}

std::optional<uint64_t> ParseNumber(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\n";
  const size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(kSpaces) + 1 - begin);
  uint64_t number = 0;
  const std::from_chars_result parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<uint64_t> FindKilobytes(std::string_view text, const std::string& key) {
  const std::optional<std::string_view> rest = RestOfLine(text, absl::StrCat(key, ":"));
  if (!rest.has_value() || !rest->ends_with(" kB")) return std::nullopt;
  const std::optional<uint64_t> kilobytes = ParseNumber(rest->substr(0, rest->size() - 3));
  if (!kilobytes.has_value() || *kilobytes > UINT64_MAX / 1024) return std::nullopt;
  return *kilobytes * 1024;
}

std::optional<uint64_t> FindNumber(std::string_view text, const std::string& key) {
  std::optional<std::string_view> rest = RestOfLine(text, key + " ");
  if (!rest.has_value()) rest = RestOfLine(text, key + "\t");
  return rest.has_value() ? ParseNumber(*rest) : std::nullopt;
}

}  // namespace memgov::cli
