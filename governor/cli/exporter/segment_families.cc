#include "governor/cli/exporter/segment_families.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include "governor/cli/exporter/labels.h"
#include "governor/telemetry/metrics_table.h"

namespace memgov::cli {
namespace {

// Today's tables have 53 figures, 20 with a reason, and 64 pools of 5: room for versions to come, none for a
// segment that wants to fill the server.
constexpr size_t kMostFigures = 256;
constexpr size_t kMostPools = 64;
constexpr size_t kMostPoolFigures = 32;

#define MEMGOV_FAMILY(kind, name, unit, help, value) {name, Kind::kind, help},
constexpr FamilyName kKnown[] = {MEMGOV_PROCESS_METRICS(MEMGOV_FAMILY) MEMGOV_ENGINE_METRICS(
    MEMGOV_FAMILY) MEMGOV_POOL_METRICS(MEMGOV_FAMILY) MEMGOV_RELEASE_METRICS(MEMGOV_FAMILY)};
#undef MEMGOV_FAMILY

const std::map<std::string_view, FamilyName>& Known() {
  static const auto* const known = [] {
    auto* by_name = new std::map<std::string_view, FamilyName>();
    for (const FamilyName& family : kKnown) by_name->emplace(family.name, family);
    return by_name;
  }();
  return *known;
}

// A known name is of the kind that this version says. A counter of a later version is one only when its name
// says so as well.
std::optional<FamilyName> FamilyOf(const FigureName& figure) {
  if (const auto known = Known().find(figure.name); known != Known().end()) return known->second;
  const bool says_total = figure.name.ends_with("_total");
  if (figure.counter != says_total) return std::nullopt;
  return FamilyName{figure.name, says_total ? Kind::kCounter : Kind::kGauge, "Of another version of memgov"};
}

std::string ValueOf(Unit unit, uint64_t value) {
  switch (unit) {
    case Unit::kBytes:
      return BytesValue(value);
    case Unit::kNanoseconds:
      return SecondsValue(value);
    case Unit::kNumber:
      break;
  }
  return CountValue(value);
}

void AddFigures(const std::vector<FigureName>& names, const std::vector<uint64_t>& values, size_t most,
                const std::string& labels, Exposition& page) {
  const size_t count = std::min({names.size(), values.size(), most});
  for (size_t index = 0; index < count; ++index) {
    const FigureName& figure = names[index];
    if (!IsFigureName(figure.name)) continue;
    const std::optional<FamilyName> family = FamilyOf(figure);
    const std::optional<std::string> own = CheckedLabels(figure.labels);
    if (family && own) page.Add(*family, JoinLabels(labels, *own), ValueOf(figure.unit, values[index]));
  }
}

}  // namespace

void AddSegmentFamilies(const Reading& reading, const std::string& labels, Exposition& page) {
  const auto written_ns = static_cast<uint64_t>(std::max<int64_t>(reading.wall_clock_ns, 0));
  page.Add({"memgov_figures_timestamp_seconds", Kind::kGauge,
            "When the process wrote its figures: seconds since 1970. A process at rest writes none"},
           labels, SecondsValue(written_ns));
  if (written_ns == 0) return;
  AddFigures(reading.names, reading.values, kMostFigures, labels, page);
  const size_t pools = std::min(reading.pools.size(), kMostPools);
  for (size_t index = 0; index < pools; ++index) {
    const PoolReading& pool = reading.pools[index];
    AddFigures(reading.pool_names, pool.values, kMostPoolFigures,
               JoinLabels(labels, LabelText("pool", pool.name)), page);
  }
}

}  // namespace memgov::cli
