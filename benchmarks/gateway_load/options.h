// Options: the command line of gateway_load.
//
// Safety: ParseOptions ends the process itself for --help and for what it cannot accept.
#ifndef BENCHMARKS_GATEWAY_LOAD_OPTIONS_H_
#define BENCHMARKS_GATEWAY_LOAD_OPTIONS_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "allocators.h"
#include "measure.h"

namespace gateway_load {

struct Options {
  enum class Mode { kCompare, kSweep };
  Mode mode = Mode::kCompare;
  LoadShape shape;
  std::vector<Allocator> allocators;
  std::vector<std::string> absent;
  int runs = 1;
  double scale = 0.05;             // of the sweep's numbers of requests
  std::filesystem::path counting;  // libcounting.so; empty: no counting pass
  std::string why_no_counting;
  Allocator live_under;  // the counting pass runs under this one
  std::filesystem::path json;
  std::filesystem::path svg;
};

Options ParseOptions(int argc, char** argv);

// "200K" or "1K-200K"; K and M are powers of 1024.
absl::StatusOr<BodySizes> ParseBodySizes(const std::string& text);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_OPTIONS_H_
