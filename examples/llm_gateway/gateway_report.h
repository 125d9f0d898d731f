// The JSON of GET /stats: the gateway's own counts, and memgov's view of the process where memgov is
// preloaded.
//
// Safety: any thread.
#ifndef EXAMPLES_LLM_GATEWAY_GATEWAY_REPORT_H_
#define EXAMPLES_LLM_GATEWAY_GATEWAY_REPORT_H_

#include <cstdint>
#include <string>

#include "admission_queue.h"
#include "session_cache.h"

namespace llm_gateway {

struct GatewayCounts {
  uint64_t requests = 0;
  uint64_t refused = 0;  // answered with status 400
  AdmissionCounts admission;
  uint64_t pressure_events = 0;  // calls of memgov's that asked for memory
  uint64_t dropped_bytes = 0;    // of the session cache, because of them
  CacheUse cache;
};

std::string ReportAsJson(const GatewayCounts& counts);

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_GATEWAY_REPORT_H_
