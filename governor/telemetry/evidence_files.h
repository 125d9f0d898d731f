// The form of a file of evidence: what its readers go by.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_EVIDENCE_FILES_H_
#define MEMGOV_GOVERNOR_TELEMETRY_EVIDENCE_FILES_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/telemetry/evidence.h"

namespace memgov::evidence {

// Rows of one width: three of header, the lines, and the last reading in words.
constexpr size_t kRowBytes = 180;
constexpr uint64_t kTitleRow = 0;
constexpr uint64_t kIdentityRow = 1;
constexpr uint64_t kColumnsRow = 2;
constexpr uint64_t kFirstLineRow = 3;
constexpr uint64_t kLastRow = kFirstLineRow + kLines;
constexpr size_t kFileBytes = (kLastRow + 1) * kRowBytes;

// The second row begins with these two, each followed by a number.
constexpr const char* kStartPrefix = "Its start time in clock ticks since boot: ";
constexpr const char* kNamespacePrefix = ", in pid namespace ";

}  // namespace memgov::evidence

#endif  // MEMGOV_GOVERNOR_TELEMETRY_EVIDENCE_FILES_H_
