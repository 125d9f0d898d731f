#include "governor/telemetry/effective_config.h"

#include "governor/config/options.h"

namespace memgov {
namespace {

constexpr size_t kNameColumn = 2;
constexpr size_t kValueColumn = 26;
constexpr size_t kSourceColumn = 44;

using Line = TextBuffer<1024>;

void WriteOption(Option option, TextSink& out) {
  Line line;
  line.Column(kNameColumn).Text(options::Spec(option).name).Column(kValueColumn);
  options::Describe(option, line);
  line.Column(kSourceColumn).Text(options::OptionSourceName(options::SourceOf(option)));
  out.Append(line.Line());
}

void WriteHeading(const char* text, TextSink& out) {
  Line line;
  out.Append(line.Text(text).Line());
}

void WriteNamed(const char* name, const char* value, TextSink& out) {
  Line line;
  out.Append(line.Column(kNameColumn).Text(name).Column(kValueColumn).Text(value).Line());
}

void WriteLimit(const char* name, uint64_t bytes, const char* none, TextSink& out) {
  Line line;
  line.Column(kNameColumn).Text(name).Column(kValueColumn);
  if (bytes == UINT64_MAX) {
    line.Text(none);
  } else {
    line.Bytes(bytes).Text(" (").Number(bytes).Text(")");
  }
  out.Append(line.Line());
}

void WriteLimits(const Limits& limits, TextSink& out) {
  WriteHeading("limits in force:", out);
  WriteLimit("soft", limits.soft_bytes, "none", out);
  WriteLimit("hard", limits.hard_bytes, "none", out);
  WriteLimit("small requests fail at", limits.wall_bytes, "never", out);
  WriteLimit("container", limits.container_bytes, "no limit", out);
  WriteNamed("source", BudgetSourceName(limits.source), out);
}

const char* VersionName(CgroupVersion version) {
  switch (version) {
    case CgroupVersion::kV1:
      return "v1";
    case CgroupVersion::kV2:
      return "v2";
    case CgroupVersion::kNone:
      break;
  }
  return "none";
}

const char* OrNone(const char* text) { return *text != '\0' ? text : "none"; }

void WriteCgroup(const EffectiveState& state, TextSink& out) {
  WriteHeading("cgroup:", out);
  WriteNamed("version", VersionName(state.cgroup_version), out);
  WriteNamed("memory", OrNone(state.memory_directory), out);
  WriteNamed("pressure files", OrNone(state.unified_directory), out);
}

void WritePolled(const char* name, WatchState state, const char* path, TextSink& out) {
  Line line;
  line.Column(kNameColumn).Text(name).Column(kValueColumn).Text(WatchStateName(state));
  if (state == WatchState::kPolled)
    line.Text(", at most every ").Duration(PressureWatch::kPollNs).Text(" at rest");
  if (*path != '\0') line.Text(": ").Text(path);
  out.Append(line.Line());
}

void WriteWatching(const published::Watching& watching, TextSink& out) {
  WriteHeading("pressure:", out);
  WritePolled("stalls (PSI)", watching.psi, watching.psi_path, out);
  WritePolled("memory.events", watching.events, "", out);
  WritePolled("systemd's protocol", watching.systemd, "", out);
}

void WriteArenas(const published::ArenaCap& cap, TextSink& out) {
  Line line;
  line.Column(kNameColumn).Text("glibc's arenas").Column(kValueColumn);
  if (cap.most != 0) {
    line.Text("at most ").Number(cap.most).Text(" (").Text(cap.decided_by).Text(")");
  } else {
    line.Text("as glibc has them (").Text(cap.decided_by).Text(")");
  }
  out.Append(line.Line());
}

void WriteProcess(const EffectiveState& state, TextSink& out) {
  WriteHeading("process:", out);
  WriteNamed("governor's thread", state.governor_running ? "runs" : "does not run", out);
  Line line;
  line.Column(kNameColumn).Text("cohort").Column(kValueColumn).Number(state.cohort_members);
  out.Append(line.Text(state.cohort_members == 1 ? " process" : " processes").Line());
  if (state.arenas.decided_by != nullptr) WriteArenas(state.arenas, out);
}

}  // namespace

void WriteEffectiveConfig(const EffectiveState& state, const published::Watching& watching, TextSink& out) {
  Line line;
  line.Text("memgov ").Text(state.version).Text(state.governed ? "" : ": does not govern this process");
  out.Append(line.Line());
  WriteHeading("options:", out);
  for (int option = 0; option < static_cast<int>(Option::kCount); ++option)
    WriteOption(static_cast<Option>(option), out);
  if (!state.governed) return;
  WriteLimits(state.limits, out);
  WriteCgroup(state, out);
  WriteWatching(watching, out);
  WriteProcess(state, out);
}

size_t WriteConfigText(const RuntimeFigures& runtime, bool governed, char* out, size_t capacity) {
  EffectiveState state;
  state.version = runtime.version;
  state.governed = governed;
  state.governor_running = runtime.governor_running;
  state.limits = budget::CurrentLimits();
  if (budget::Started()) {
    state.cgroup_version = budget::Cgroup().version();
    state.memory_directory = budget::Cgroup().memory_directory();
    state.unified_directory = budget::Cgroup().unified_directory();
  }
  state.cohort_members = published::CohortMembers();
  state.arenas = published::Arenas();
  published::Watching watching;
  published::ReadWatching(watching);
  TextSink sink(out, capacity);
  WriteEffectiveConfig(state, watching, sink);
  return sink.total();
}

}  // namespace memgov
