// Writes a recording (recording.h), a line with one write: who is killed leaves whole lines.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_WRITER_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_WRITER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "governor/cli/recording/recording.h"

namespace memgov::cli {

class RecordingWriter {
 public:
  // Makes the file and writes the first line; `head` without its samples. "-": standard output. What exists
  // is replaced only where `replace`. kInvalidArgument: it exists; kPermissionDenied; kUnavailable.
  static absl::StatusOr<RecordingWriter> Create(const std::string& path, bool replace, const Recording& head);
  RecordingWriter(RecordingWriter&& other) noexcept;
  RecordingWriter& operator=(RecordingWriter&&) = delete;
  ~RecordingWriter();

  // kUnavailable: it cannot be written (no space).
  absl::Status Add(const Sample& sample);
  absl::Status End(std::string_view reason);

  size_t samples() const { return samples_; }
  // A further sample as large as the last one would be more than a reader takes.
  bool full() const;

 private:
  RecordingWriter(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  absl::Status Write(const std::string& line);

  int descriptor_;
  std::string path_;
  Sample last_;
  size_t samples_ = 0;
  size_t values_ = 0;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_RECORDING_WRITER_H_
