#include "governor/telemetry/metrics.h"

#include "governor/base/os.h"
#include "governor/pools/pool_table.h"
#include "governor/telemetry/metric_rows.h"
#include "governor/telemetry/quote.h"

namespace memgov {
namespace {

using namespace rows;  // NOLINT: all of it is for this

using Line = TextBuffer<512>;  // the longest: a help text, or a label of 31 bytes escaped

const char* PoolName(int id) { return pools::Get(static_cast<PoolId>(id)).name; }

void WriteSeconds(uint64_t nanoseconds, TextWriter& out) {
  constexpr uint64_t kSecond = 1000000000;
  out.Number(nanoseconds / kSecond).Text(".");
  for (uint64_t place = kSecond / 10; place > 0; place /= 10) out.Number(nanoseconds / place % 10);
}

// What both formats write of a number; `unlimited` is how they say that there is none.
void WriteValue(MetricUnit unit, uint64_t value, const char* unlimited, TextWriter& out) {
  if (unit == MetricUnit::kSeconds) {
    WriteSeconds(value, out);
  } else if (unit == MetricUnit::kBytes && value == UINT64_MAX) {
    out.Text(unlimited);
  } else {
    out.Number(value);
  }
}

// JSON: keys are the names without this.
constexpr const char kPrefix[] = "memgov_";

void WriteMember(const Metric& metric, uint64_t value, TextWriter& out) {
  out.Text("\"").Text(metric.name + sizeof kPrefix - 1).Text("\":");
  WriteValue(metric.unit, value, "null", out);
}

template <size_t kCount>
void WriteMembers(const Metric (&metrics)[kCount], const uint64_t (&values)[kCount], TextSink& out) {
  for (size_t index = 0; index < kCount; ++index) {
    Line line;
    line.Text(index > 0 ? "," : "");
    WriteMember(metrics[index], values[index], line);
    out.Append(line);
  }
}

void WriteText(const char* text, TextSink& out) {
  Line line;
  out.Append(line.Text(text));
}

void WriteJsonHead(const Snapshot& snapshot, TextSink& out) {
  Line line;
  line.Text("{\"version\":");
  WriteJsonString(snapshot.runtime.version, line);
  line.Text(",\"engine\":");
  WriteJsonString(snapshot.engine, line);
  line.Text(",\"process_id\":").Number(static_cast<uint64_t>(os::ProcessId())).Text(",");
  out.Append(line);
}

void WriteJsonReleases(const Snapshot& snapshot, TextSink& out) {
  WriteText(",\"releases\":[", out);
  for (int reason = 0; reason < kReasons; ++reason) {
    Line line;
    line.Text(reason > 0 ? ",{" : "{").Text("\"reason\":");
    WriteJsonString(ReleaseReasonName(static_cast<ReleaseReason>(reason)), line);
    out.Append(line.Text(","));
    WriteMembers(kRelease, ReleaseValues(snapshot.releases[reason]).of, out);
    WriteText("}", out);
  }
  WriteText("]", out);
}

void WriteJsonPools(const Snapshot& snapshot, TextSink& out) {
  WriteText(",\"pools\":[", out);
  for (int id = 0; id < snapshot.census.pool_count; ++id) {
    Line line;
    line.Text(id > 0 ? ",{" : "{").Text("\"pool\":");
    WriteJsonString(PoolName(id), line);
    out.Append(line.Text(","));
    WriteMembers(kPool, ValuesOfPool(snapshot, id).of, out);
    WriteText("}", out);
  }
  WriteText("]", out);
}

void WriteFamily(const Metric& metric, TextSink& out) {
  Line line;
  line.Text("# HELP ").Text(metric.name).Text(" ").Text(metric.help).Line();
  line.Text("# TYPE ").Text(metric.name);
  line.Text(metric.kind == MetricKind::kCounter ? " counter" : " gauge").Line();
  out.Append(line);
}

void WriteSample(const Metric& metric, const char* label, const char* label_value, uint64_t value,
                 TextSink& out) {
  Line line;
  line.Text(metric.name);
  if (label != nullptr) {
    line.Text("{").Text(label).Text("=");
    WriteLabelValue(label_value, line);
    line.Text("}");
  }
  line.Text(" ");
  WriteValue(metric.unit, value, "+Inf", line);
  out.Append(line.Line());
}

template <size_t kCount>
void WriteSamples(const Metric (&metrics)[kCount], const uint64_t (&values)[kCount], TextSink& out) {
  for (size_t index = 0; index < kCount; ++index) {
    WriteFamily(metrics[index], out);
    WriteSample(metrics[index], nullptr, nullptr, values[index], out);
  }
}

void WriteInfo(const Snapshot& snapshot, TextSink& out) {
  WriteFamily({MetricKind::kGauge, "memgov_info", MetricUnit::kCount, "Version and engine; always 1"}, out);
  Line line;
  line.Text("memgov_info{version=");
  WriteLabelValue(snapshot.runtime.version, line);
  line.Text(",engine=");
  WriteLabelValue(snapshot.engine, line);
  out.Append(line.Text("} 1").Line());
}

void WriteReleaseSamples(const Snapshot& snapshot, TextSink& out) {
  for (size_t index = 0; index < CountOf(kRelease); ++index) {
    WriteFamily(kRelease[index], out);
    for (int reason = 0; reason < kReasons; ++reason) {
      WriteSample(kRelease[index], "reason", ReleaseReasonName(static_cast<ReleaseReason>(reason)),
                  ReleaseValues(snapshot.releases[reason]).of[index], out);
    }
  }
}

void WritePoolSamples(const Snapshot& snapshot, TextSink& out) {
  for (size_t index = 0; index < CountOf(kPool); ++index) {
    WriteFamily(kPool[index], out);
    for (int id = 0; id < snapshot.census.pool_count; ++id)
      WriteSample(kPool[index], "pool", PoolName(id), ValuesOfPool(snapshot, id).of[index], out);
  }
}

}  // namespace

void WriteJson(const Snapshot& snapshot, TextSink& out) {
  WriteJsonHead(snapshot, out);
  WriteMembers(kProcess, ProcessValues(snapshot).of, out);
  if (snapshot.census.exact) {
    WriteText(",", out);
    WriteMembers(kEngine, EngineValues(snapshot.census.engine).of, out);
  }
  WriteJsonReleases(snapshot, out);
  WriteJsonPools(snapshot, out);
  Line line;
  out.Append(line.Text("}").Line());
}

void WritePrometheus(const Snapshot& snapshot, TextSink& out) {
  WriteInfo(snapshot, out);
  WriteSamples(kProcess, ProcessValues(snapshot).of, out);
  if (snapshot.census.exact) WriteSamples(kEngine, EngineValues(snapshot.census.engine).of, out);
  WriteReleaseSamples(snapshot, out);
  WritePoolSamples(snapshot, out);
}

const Metric* MetricAt(size_t index) {
  if (index < CountOf(kProcess)) return &kProcess[index];
  index -= CountOf(kProcess);
  if (index < CountOf(kEngine)) return &kEngine[index];
  index -= CountOf(kEngine);
  if (index < CountOf(kPool)) return &kPool[index];
  index -= CountOf(kPool);
  return index < CountOf(kRelease) ? &kRelease[index] : nullptr;
}

}  // namespace memgov
