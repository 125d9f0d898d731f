// From a measurement to limits, budgets and workers: arithmetic only.
#ifndef MEMGOV_GOVERNOR_CLI_ADVICE_SIZING_H_
#define MEMGOV_GOVERNOR_CLI_ADVICE_SIZING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "governor/cli/advice/measurement.h"

namespace memgov::cli {

struct SizingWishes {
  std::optional<int> headroom_percent;  // not set: chosen by the measurement
  int workers = 0;                      // of a pre-forking server in one container; 0: as measured
};

struct Machine {
  uint64_t bytes = 0;
  uint64_t system_bytes = 0;  // for the system, and kept free
  int64_t workers = 0;
  uint64_t left_bytes = 0;
};

struct Sizing {
  uint64_t peak = 0;
  std::string peak_of;  // in words
  int headroom_percent = 0;
  std::string headroom_why;
  int request_percent = 0;
  uint64_t request = 0;  // whole MiB, as all that follow
  uint64_t limit = 0;
  uint64_t budget = 0;   // what MEMGOV_BUDGET=auto makes of the limit
  int soft_percent = 0;  // MEMGOV_BUDGET_SOFT, of the budget
  uint64_t soft = 0;
  uint64_t base = 0;        // what all workers share, and a master
  uint64_t per_worker = 0;  // with headroom
  std::vector<Machine> machines;
};

// The least MEMGOV_BUDGET_SOFT, in percent of `budget`, that lies above `peak`: between the default, 84,
// and 95.
int SoftPercent(uint64_t peak, uint64_t budget);

Sizing Size(const Measurement& seen, const SizingWishes& wishes);

// What makes the advice less than sure, one sentence each.
std::vector<std::string> Doubts(const Measurement& seen, const Sizing& sizing);

// "15%" or "15", 0 to 200.
absl::StatusOr<int> ParseHeadroom(const std::string& text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_ADVICE_SIZING_H_
