#include "governor/cli/recording/line_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace memgov::cli {
namespace {

constexpr size_t kReadBytes = 256u << 10;

}  // namespace

absl::StatusOr<LineFile> LineFile::Open(const std::string& path) {
  if (path == "-") {
    const int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (input < 0) return absl::ErrnoToStatus(errno, "cannot be read");
    return LineFile(input, kEndless);
  }
  // Non-blocking: opening a pipe that nobody writes to would wait.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, "cannot be opened");
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor);
    return absl::UnavailableError("is not a regular file");
  }
  return LineFile(descriptor, static_cast<uint64_t>(status.st_size));
}

LineFile::LineFile(LineFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      bytes_(other.bytes_),
      read_(other.read_),
      buffer_(std::move(other.buffer_)),
      start_(other.start_) {}

LineFile::~LineFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<bool> LineFile::ReadMore() {
  buffer_.erase(0, start_);
  start_ = 0;
  const size_t before = buffer_.size();
  buffer_.resize(before + kReadBytes);
  ssize_t got;
  do {
    got = read(descriptor_, buffer_.data() + before, kReadBytes);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) return absl::DataLossError(absl::StrCat("cannot be read: error ", errno));
  read_ += static_cast<uint64_t>(got);
  return got > 0;
}

absl::StatusOr<bool> LineFile::Next(size_t most_bytes, Line* line) {
  size_t end = buffer_.find('\n', start_);
  bool more = true;
  while (end == std::string::npos && more && buffer_.size() - start_ <= most_bytes) {
    const size_t searched = buffer_.size() - start_;
    const absl::StatusOr<bool> read = ReadMore();
    if (!read.ok()) return read.status();
    more = *read;
    end = buffer_.find('\n', start_ + searched);
  }
  const size_t bytes = (end == std::string::npos ? buffer_.size() : end) - start_;
  if (bytes > most_bytes) {
    return absl::DataLossError(absl::StrCat("longer than ", most_bytes, " bytes"));
  }
  if (end == std::string::npos && bytes == 0) return false;
  line->text = std::string_view(buffer_).substr(start_, bytes);
  line->whole = end != std::string::npos;
  start_ += bytes + (line->whole ? 1 : 0);
  return true;
}

double LineFile::Part() const {
  if (bytes_ == kEndless) return -1;
  const uint64_t used = read_ - (buffer_.size() - start_);
  return bytes_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(used) / static_cast<double>(bytes_));
}

}  // namespace memgov::cli
