// A file read line by line: no line is longer than is allowed, and the file is not in memory as a whole.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_LINE_FILE_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_LINE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace memgov::cli {

class LineFile {
 public:
  // Regular files only, as a pipe could keep the reader waiting; "-" is standard input, of any kind: who
  // names that may wait. kNotFound, kPermissionDenied, kUnavailable.
  static absl::StatusOr<LineFile> Open(const std::string& path);
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&&) = delete;
  ~LineFile();

  struct Line {
    std::string_view text;  // until the next call; without its end
    bool whole = false;     // its end was there
  };
  // False at the end of the file. kDataLoss: a line is longer than `most_bytes`, or the kernel cannot read.
  absl::StatusOr<bool> Next(size_t most_bytes, Line* line);

  double Part() const;  // of the file that was read, in [0, 1]; -1: its end is not known

 private:
  static constexpr uint64_t kEndless = UINT64_MAX;
  // `bytes`: kEndless, of what has no size.
  LineFile(int descriptor, uint64_t bytes) : descriptor_(descriptor), bytes_(bytes) {}
  absl::StatusOr<bool> ReadMore();

  int descriptor_;
  uint64_t bytes_;
  uint64_t read_ = 0;
  std::string buffer_;
  size_t start_ = 0;  // of what was not handed out yet
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_LINE_FILE_H_
