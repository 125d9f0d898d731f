// MEMGOV_REPORT and MEMGOV_SUMMARY: where the memory is, for a person.
//
// Safety: as census.h; one report at a time, one write.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_REPORT_H_
#define MEMGOV_GOVERNOR_TELEMETRY_REPORT_H_

#include "governor/base/engine_control.h"
#include "governor/base/message.h"
#include "governor/telemetry/census.h"

namespace memgov {

// Below this share of held that is live a report warns, where there is more than kWarnHeldBytes to talk
// about.
constexpr uint64_t kWarnUtilisationPercent = 50;
constexpr uint64_t kWarnHeldBytes = 16 << 20;

// Pure: from a census to text.
void WriteReport(const Census& census, const char* engine, TextWriter& out);
void WriteSummary(const Census& census, const char* engine, TextWriter& out);

void PrintReport(EngineControl& engine);
void PrintSummary(EngineControl& engine);

// In a fork child: whoever was printing does not exist here.
void ResetReportInChild();

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_TELEMETRY_REPORT_H_
