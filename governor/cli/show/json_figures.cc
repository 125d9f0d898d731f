#include "governor/cli/show/json_figures.h"

#include <string_view>

namespace memgov::cli {
namespace {

std::string WithoutPrefix(const std::string& name, std::string_view prefix) {
  return name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : name;
}

// Figures with a label: an array of one object for each value of it, as docs/metrics.md has "releases".
void AddLabelled(const FigureName& name, const Json& value, Json& list) {
  const std::string label = LabelValue(name);
  for (Json& entry : list) {
    if (entry["reason"] == label) {
      entry[ShortName(name)] = value;
      return;
    }
  }
  list.push_back(Json{{"reason", label}, {ShortName(name), value}});
}

Json PoolsOf(const Reading& reading) {
  Json pools = Json::array();
  for (const PoolReading& pool : reading.pools) {
    Json entry{{"pool", pool.name}};
    for (size_t index = 0; index < pool.values.size() && index < reading.pool_names.size(); ++index) {
      const FigureName& name = reading.pool_names[index];
      entry[WithoutPrefix(name.name, "memgov_pool_")] = JsonOf(pool.values[index], name.unit);
    }
    pools.push_back(std::move(entry));
  }
  return pools;
}

}  // namespace

Json JsonOf(uint64_t value, Unit unit) {
  constexpr double kNanosecondsOfASecond = 1e9;
  if (unit == Unit::kNanoseconds) return static_cast<double>(value) / kNanosecondsOfASecond;
  return unit == Unit::kBytes ? JsonOfBytes(value) : Json(value);
}

Json JsonOfBytes(std::optional<uint64_t> bytes) {
  return bytes.value_or(UINT64_MAX) == UINT64_MAX ? Json(nullptr) : Json(*bytes);
}

Json JsonOfSeconds(absl::Duration duration) {
  return duration == absl::InfiniteDuration() ? Json(nullptr) : Json(absl::ToDoubleSeconds(duration));
}

std::string ShortName(const FigureName& name) { return WithoutPrefix(name.name, "memgov_"); }

std::string LabelValue(const FigureName& name) {
  const size_t open = name.labels.find('"');
  const size_t close = name.labels.rfind('"');
  return open == close ? name.labels : name.labels.substr(open + 1, close - open - 1);
}

Json JsonOf(const Reading& reading) {
  Json figures = Json::object();
  Json releases = Json::array();
  for (size_t index = 0; index < reading.values.size() && index < reading.names.size(); ++index) {
    const FigureName& name = reading.names[index];
    const Json value = JsonOf(reading.values[index], name.unit);
    if (name.labels.empty()) {
      figures[ShortName(name)] = value;
    } else {
      AddLabelled(name, value, releases);
    }
  }
  figures["releases"] = std::move(releases);
  figures["pools"] = PoolsOf(reading);
  return figures;
}

void Print(const Json& json, std::ostream& out) {
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace memgov::cli
