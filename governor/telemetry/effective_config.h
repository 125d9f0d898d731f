// The effective configuration, for people: every option, its value and where it comes from; the limits in
// force and their source; the cgroup; what is watched or polled; who shares the limit. Not a format to parse.
//
// Safety: any thread but not from within malloc; no allocation, no locks, under 4 KiB of stack.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_EFFECTIVE_CONFIG_H_
#define MEMGOV_GOVERNOR_TELEMETRY_EFFECTIVE_CONFIG_H_

#include <stdint.h>

#include "governor/policy/limits.h"
#include "governor/pressure/cgroup.h"
#include "governor/telemetry/metrics.h"
#include "governor/telemetry/published.h"
#include "governor/telemetry/text_sink.h"

namespace memgov {

// What is in force beside the options. The texts are the caller's.
struct EffectiveState {
  const char* version = "";  // and engine, "0.1.0 arena"
  bool governed = true;      // false: MEMGOV_GOVERNOR=off, or another allocator serves
  bool governor_running = false;
  Limits limits;
  CgroupVersion cgroup_version = CgroupVersion::kNone;
  const char* memory_directory = "";
  const char* unified_directory = "";
  uint32_t cohort_members = 1;
  published::ArenaCap arenas;
};

// The state of this process, as it is now, as text: at most `capacity` bytes with the NUL. The length of the
// whole text without it.
size_t WriteConfigText(const RuntimeFigures& runtime, bool governed, char* out, size_t capacity);

// Values longer than a line of 1 KiB are cut.
void WriteEffectiveConfig(const EffectiveState& state, const published::Watching& watching, TextSink& out);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_TELEMETRY_EFFECTIVE_CONFIG_H_
