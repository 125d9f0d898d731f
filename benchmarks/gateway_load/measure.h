// MeasurePass: one process under one allocator through one load, from its first request to some seconds
// after.
//
// Safety: blocks; one at a time, or they disturb each other.
#ifndef BENCHMARKS_GATEWAY_LOAD_MEASURE_H_
#define BENCHMARKS_GATEWAY_LOAD_MEASURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "allocators.h"
#include "live_counter.h"
#include "progress.h"
#include "request_maker.h"
#include "series.h"

namespace gateway_load {

struct LoadShape {
  std::vector<std::string> command;
  int port = 0;
  std::string path = "/v1/chat/completions";
  BodySizes sizes;
  int concurrency = 96;
  double seconds = 10;
  uint64_t requests = 0;  // not 0: this many instead of `seconds`
  double rate = 0;        // requests per second; 0: the next one when a connection is free
  double seconds_after = 5.5;
  bool self_driven = false;  // the command makes its own load: self_driven.h
};

// "96 keep-alive connections, JSON bodies of 200 KiB, 10 s"
std::string Describe(const LoadShape& shape);

struct PassResult {
  double requests_per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  uint64_t requests = 0;
  uint64_t errors = 0;
  std::string first_error;
  double server_cpu_ms_per_request = 0;
  double client_cpu_share = 0;  // of one CPU
  double base_bytes = 0;        // after one request, every thread in place
  Series rss;                   // time 0 is the start of the load
  double load_seconds = 0;

  Interval load() const { return {0, load_seconds}; }
  double AverageBytes() const { return Average(rss, load()); }
  double PeakBytes() const { return Peak(rss, load()); }
  // Nothing where the pass ended earlier.
  std::optional<double> BytesAfter(double seconds) const;
};

// An error when the process does not start, does not serve its first request, or ends before the load does.
absl::StatusOr<PassResult> MeasurePass(const Allocator& allocator, const LoadShape& shape,
                                       const std::string& title, Progress& progress);

// What the same load keeps alive, from a pass with the counting preload before an allocator. A faster one
// keeps more alive where the load is a closed loop: requests wait for upstream instead of the CPU.
struct LiveResult {
  std::string allocator;
  LiveSeries series;  // time 0 is the start of the load
  double load_seconds = 0;
  double average_bytes = 0;  // requested
  double peak_bytes = 0;     // requested
  double usable_average_bytes = 0;
  double window_peak_bytes = 0;  // W: the 250 ms rolling peak of what is requested, averaged over the load
  double after_bytes = 0;        // requested, when all is quiet
};

absl::StatusOr<LiveResult> MeasureLive(const Allocator& allocator, const std::filesystem::path& preload,
                                       const LoadShape& shape, Progress& progress);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_MEASURE_H_
