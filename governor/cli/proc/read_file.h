// The files of /proc and /sys, as text of which nothing is believed.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_READ_FILE_H_
#define MEMGOV_GOVERNOR_CLI_PROC_READ_FILE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

// At most `most` bytes of it; what is longer is cut. Errors by errno: kNotFound (ENOENT, ESRCH, ENOTDIR),
// kPermissionDenied (EACCES, EPERM), kUnavailable.
absl::StatusOr<std::string> ReadTextFile(const std::string& path, size_t most);

// <root>/<pid>/<name>, with messages that name the process. A process without memory of its own (a kernel
// thread, or one that ended and was not waited for) is kNotFound, too, where the kernel says ESRCH.
absl::StatusOr<std::string> ReadProcessFile(const std::string& root, int pid, const std::string& name,
                                            size_t most);

// Calls `line` with each line (without its newline; cut at 16 KiB), reading on as long as it says true. As
// ReadProcessFile, for files of any size.
absl::Status ForEachLineOf(const std::string& root, int pid, const std::string& name,
                           const std::function<bool(std::string_view)>& line);

// Why a file of that process could not be read, by errno.
absl::Status ProcessError(const std::string& root, int pid, int error);

// The bytes in the line "<key>:  <number> kB"; nullopt: no such line, or no number.
std::optional<uint64_t> FindKilobytes(std::string_view text, const std::string& key);
// The number in the line "<key> <number>" (memory.stat), or with a tab between.
std::optional<uint64_t> FindNumber(std::string_view text, const std::string& key);
// The parts between any of `separators`, empty ones as well. (Debian's absl::string_view is not the standard
// one, so absl::StrSplit takes no std::string_view.)
std::vector<std::string_view> Split(std::string_view text, std::string_view separators);
// Decimal digits and nothing else, but white space around them.
std::optional<uint64_t> ParseNumber(std::string_view text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_PROC_READ_FILE_H_
