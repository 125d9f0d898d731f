// One line of a recording (recording.h says what is in it), whoever wrote it.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_PARSE_LINE_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_PARSE_LINE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "governor/cli/recording/recording.h"

namespace memgov::cli {

inline constexpr size_t kMostLineBytes = 256u << 10;  // 64 pools need 10 KiB
inline constexpr size_t kMostFigures = 512;           // of one sample, and of one pool
inline constexpr size_t kMostPools = 256;
inline constexpr size_t kMostNameBytes = 128;

// kDataLoss says what is wrong; kFailedPrecondition: another version.
absl::Status ParseHeader(std::string_view line, Recording& recording);

// `sample` is the one before, and becomes this one; *ended is set by the last line only, which is none.
absl::Status ParseSample(std::string_view line, Sample& sample, std::string* ended);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_PARSE_LINE_H_
