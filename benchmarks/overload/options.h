// Options: the command line of overload.
//
// Safety: ParseOptions ends the process itself for --help and for what it cannot accept.
#ifndef BENCHMARKS_OVERLOAD_OPTIONS_H_
#define BENCHMARKS_OVERLOAD_OPTIONS_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "allocators.h"
#include "overload_client.h"

namespace overload {

struct Options {
  enum class LimitBy { kCgroup, kBudget, kAuto };
  std::vector<std::string> command;
  std::vector<gateway_load::Allocator> allocators;
  ClientPlan load;
  LimitBy limit_by = LimitBy::kCgroup;
  uint64_t limit_bytes = 0;
  uint64_t roomy_bytes = 0;
  bool roomy = true;
  bool judge = false;
  int runs = 1;
  std::filesystem::path json;
};

Options ParseOptions(int argc, char** argv);

// "256M", "1G", "700K" or bytes; K, M and G are powers of 1024.
absl::StatusOr<uint64_t> ParseBytes(const std::string& text);

}  // namespace overload

#endif  // BENCHMARKS_OVERLOAD_OPTIONS_H_
