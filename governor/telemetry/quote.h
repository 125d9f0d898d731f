// Names of the host's making inside quotation marks: valid JSON (RFC 8259) and valid Prometheus label values,
// whatever bytes they hold. Bytes that are no UTF-8 (RFC 3629) are spelt out, \xNN, so that two names stay
// two (but for one that spells out the other).
//
// Safety: pure functions, any context.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_QUOTE_H_
#define MEMGOV_GOVERNOR_TELEMETRY_QUOTE_H_

#include <stddef.h>

#include "governor/base/message.h"

namespace memgov {

// The length of the UTF-8 sequence that `text` begins with: 1 to 4; 0 when it begins with none. Reads no
// further than the NUL.
size_t Utf8Length(const char* text);

// A byte takes up to 6.
void WriteJsonString(const char* text, TextWriter& out);
void WriteLabelValue(const char* text, TextWriter& out);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_TELEMETRY_QUOTE_H_
