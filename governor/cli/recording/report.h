// Makes the page of a recording.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_REPORT_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "governor/cli/recording/recording.h"

namespace memgov::cli {

// As ReadRecording, with progress on standard error; kDataLoss also where there is no sample in it.
absl::StatusOr<Recording> ReadForReport(const std::string& path);

// "web.jsonl": "web.html"; of standard input ("-") "memgov-<pid>.html", as the recording would be called.
std::string PageBeside(const std::string& recording_path, int pid);

// Replaces what is at `path`, in one step where that is a regular file; "-": standard output.
// kPermissionDenied, kUnavailable.
absl::Status WritePage(const std::string& path, const std::string& page);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_REPORT_H_
