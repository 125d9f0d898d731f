// Records a governed process into a file until it ends, time is up, or the user stops it.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_RECORD_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_RECORD_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {

struct RecordOptions {
  std::string path;
  bool replace = false;
  absl::Duration interval = absl::Seconds(1);
  absl::Duration duration = absl::Seconds(60);  // InfiniteDuration: until the process ends
};

struct Recorded {
  size_t samples = 0;
  double seconds = 0;   // from the first to the last
  std::string because;  // recording.h's "ended"
};

// Progress is on standard error. As RecordingWriter and RecordingSampler.
absl::StatusOr<Recorded> Record(const Governed& process, const RecordOptions& options);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_RECORD_H_
