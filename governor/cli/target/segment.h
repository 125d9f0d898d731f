// Reads the file that a governed process keeps for others (memgov/stats_segment.h), whatever is in it.
#ifndef MEMGOV_GOVERNOR_CLI_TARGET_SEGMENT_H_
#define MEMGOV_GOVERNOR_CLI_TARGET_SEGMENT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

enum class Unit { kNumber, kBytes, kNanoseconds };

struct FigureName {
  std::string name;    // "memgov_trims_total"
  std::string labels;  // "reason=\"idle\"", or ""
  Unit unit = Unit::kNumber;
  bool counter = false;
};

struct PoolReading {
  std::string name;              // any bytes: show with Printable
  std::vector<uint64_t> values;  // in the order of Reading::pool_names
};

struct Reading {
  int pid = 0;               // in its own pid namespace
  uint64_t start_ticks = 0;  // low 32 bits
  uint64_t pid_namespace = 0;
  int governor_thread = 0;
  int64_t started_s = 0;
  std::string version;        // "0.1.0"
  std::string engine;         // "arena"
  std::string command;        // any bytes: show with Printable
  int64_t wall_clock_ns = 0;  // when the figures were taken; 0: none yet
  int64_t monotonic_ns = 0;
  std::vector<FigureName> names;
  std::vector<uint64_t> values;
  std::vector<FigureName> pool_names;
  std::vector<PoolReading> pools;

  // By the name without "memgov_" and, where there are labels, with them: "live_bytes",
  // "trims_total{reason=\"idle\"}". nullopt: that process' version or engine has none. UINT64_MAX in bytes:
  // unlimited.
  std::optional<uint64_t> Find(std::string_view name) const;
  uint64_t Value(std::string_view name, uint64_t otherwise = 0) const;
  // Sum over all labels: SumOf("trims_total").
  uint64_t SumOf(std::string_view name) const;
  // "live_bytes", "held_bytes", "threads", "parked_threads", "soft_budget_bytes": without "memgov_pool_".
  uint64_t PoolValue(const PoolReading& pool, std::string_view name, uint64_t otherwise = 0) const;
};

// The newest whole copy in `path`. Errors: kNotFound, kPermissionDenied; kFailedPrecondition: another
// layout's version; kDataLoss: a link, cut short, damaged, or nothing whole in it; kInvalidArgument never.
// Links are not followed; the file must be regular and `owner`'s (a uid) where that is given. Neither blocks
// the writer nor waits for it.
absl::StatusOr<Reading> ReadSegment(const std::string& path, std::optional<uint32_t> owner);

// The same from bytes.
absl::StatusOr<Reading> ParseSegment(std::string_view bytes);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_TARGET_SEGMENT_H_
