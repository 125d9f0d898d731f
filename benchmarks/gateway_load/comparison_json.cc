#include <sys/utsname.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "comparison.h"

namespace gateway_load {
namespace {

using nlohmann::json;

constexpr int kFormat = 1;
constexpr size_t kLivePoints = 400;

// NaN and infinity have no JSON; nothing here should make them, and null shows it when something does.
json Or(const std::optional<double>& value) { return value ? json(*value) : json(nullptr); }

json AsPairs(const Series& series) {
  json pairs = json::array();
  for (const Point& point : series) pairs.push_back({point.seconds, point.bytes});
  return pairs;
}

json AsJson(const PassResult& pass) {
  json result = {{"requests", pass.requests},
                 {"errors", pass.errors},
                 {"load_seconds", pass.load_seconds},
                 {"client_cpu_share", pass.client_cpu_share},
                 {"rss_bytes_by_second", AsPairs(pass.rss)}};
  for (const Column& column : Columns()) result[column.key] = Or(column.figure(pass));
  return result;
}

json AsJson(const AllocatorResult& result) {
  json summary = json::object();
  for (const Column& column : Columns()) {
    const std::optional<Figure> figure = result.Over(column.figure);
    if (!figure) continue;
    summary[column.key] = {
        {"median", figure->median}, {"lowest", figure->lowest}, {"highest", figure->highest}};
  }
  json passes = json::array();
  for (const PassResult& pass : result.passes) passes.push_back(AsJson(pass));
  return {{"allocator", result.allocator.name},
          {"preload", result.allocator.preload.filename().string()},
          {"environment", result.allocator.environment},
          {"errors", result.Errors()},
          {"failures", result.failures},
          {"summary", summary},
          {"runs", passes}};
}

json AsJson(const LiveResult& live) {
  const Interval drawn = {0, live.series.requested.empty() ? 0 : live.series.requested.back().seconds};
  return {{"allocator", live.allocator},
          {"requested_average_bytes", live.average_bytes},
          {"requested_peak_bytes", live.peak_bytes},
          {"requested_after_bytes", live.after_bytes},
          {"usable_average_bytes", live.usable_average_bytes},
          {"window_peak_bytes", live.window_peak_bytes},
          {"window_seconds", 0.25},
          {"requested_bytes_by_second", AsPairs(Thinned(live.series.requested, drawn, kLivePoints))}};
}

json AsJson(const LoadShape& shape) {
  return {{"command", shape.command},
          {"path", shape.path},
          {"self_driven", shape.self_driven},
          {"rate", shape.rate},
          {"concurrency", shape.concurrency},
          {"body_bytes", {shape.sizes.smallest, shape.sizes.largest}},
          {"seconds", shape.requests > 0 ? json(nullptr) : json(shape.seconds)},
          {"requests", shape.requests > 0 ? json(shape.requests) : json(nullptr)}};
}

json Machine() {
  utsname name{};
  uname(&name);
  return {{"cpus", std::thread::hardware_concurrency()},
          {"kernel", name.release},
          {"architecture", name.machine}};
}

}  // namespace

std::string ComparisonAsJson(const Comparison& comparison) {
  json results = json::array();
  for (const AllocatorResult& result : comparison.results) results.push_back(AsJson(result));
  const json document = {{"format", kFormat},
                         {"machine", Machine()},
                         {"load", AsJson(comparison.shape)},
                         {"runs", comparison.runs},
                         {"live", comparison.live ? AsJson(*comparison.live) : json(nullptr)},
                         {"absent", comparison.absent},
                         {"results", results}};
  return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace gateway_load
