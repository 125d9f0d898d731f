// RunSelfDriven: a program that brings its own load, such as pool_churn, through one pass.
//
// The program gets --seconds, --requests, --rate and --after, and prints one line of JSON at its end:
// requests, p50_ms, p99_ms, cpu_ms_per_request, load_started (CLOCK_MONOTONIC), load_seconds, rss_base_bytes
// and rss_bytes_by_second (pairs; time 0 is the start of the load). Safety: blocks for the length of the
// program.
#ifndef BENCHMARKS_GATEWAY_LOAD_SELF_DRIVEN_H_
#define BENCHMARKS_GATEWAY_LOAD_SELF_DRIVEN_H_

#include <string>

#include "absl/status/statusor.h"
#include "measure.h"

namespace gateway_load {

struct TimedPass {
  PassResult pass;
  double load_started = 0;  // see Now()
};

absl::StatusOr<TimedPass> RunSelfDriven(const Allocator& allocator, const LoadShape& shape,
                                        const std::string& title, Progress& progress);

// What the line says. An error names what is missing in it.
absl::StatusOr<TimedPass> ParseSelfDriven(const std::string& line);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_SELF_DRIVEN_H_
