// Reads what a process that was killed at its limit has left: <pid>.evidence (docs/governor.md, Evidence),
// lines of text of fixed width, the oldest overwritten first.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_EVIDENCE_FILE_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_EVIDENCE_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace memgov::cli {

struct EvidenceLine {
  uint64_t number = 0;
  absl::Time time;
  std::string rung;
  uint64_t charged_bytes = 0;  // sizes as exact as the text is: to a tenth of their unit
  uint64_t soft_bytes = UINT64_MAX;
  uint64_t hard_bytes = UINT64_MAX;
  uint64_t limit_bytes = UINT64_MAX;
  uint64_t anonymous_bytes = 0;
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  uint64_t refused = 0;
  uint64_t rejected = 0;
  std::string grew_pool;  // any bytes; "": none did
  int64_t grew_bytes = 0;
};

struct Evidence {
  uint64_t start_ticks = 0;         // of the process, low 32 bits
  std::vector<EvidenceLine> lines;  // in order; those that were being written at the end are left out
};

// kDataLoss: it is none.
absl::StatusOr<Evidence> ParseEvidence(std::string_view text);

// Links are not followed; the file must be regular and `owner`'s. kNotFound, kPermissionDenied, kDataLoss.
absl::StatusOr<Evidence> ReadEvidence(const std::string& path, uint32_t owner);

struct Growth {
  std::string pool;  // "": none grew
  int64_t bytes = 0;
  absl::Duration duration;
};

// The pool that grew most within `window` before the last line, by the sum of its lines.
Growth GrewMost(const std::vector<EvidenceLine>& lines, absl::Duration window);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_EVIDENCE_FILE_H_
