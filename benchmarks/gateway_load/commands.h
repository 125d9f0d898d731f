// The two commands. Each prints its tables on stdout, progress on stderr, and returns the exit status: 0, or
// 1 when something could not be measured or a request failed.
//
// Safety: one at a time.
#ifndef BENCHMARKS_GATEWAY_LOAD_COMMANDS_H_
#define BENCHMARKS_GATEWAY_LOAD_COMMANDS_H_

#include <filesystem>
#include <string>

#include "options.h"

namespace gateway_load {

int Compare(const Options& options);
int Sweep(const Options& options);

// False, and a line on stderr, when the file cannot be written. Nothing is written for an empty path.
bool WriteFile(const std::filesystem::path& path, const std::string& content);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_COMMANDS_H_
