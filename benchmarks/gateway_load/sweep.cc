#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "measure.h"
#include "progress.h"
#include "table.h"

namespace gateway_load {
namespace {

using nlohmann::json;

constexpr double kSecondsAfter = 1.2;
constexpr uint64_t kClassicRequests = 10'000;
constexpr int kClassicConcurrency = 48;

// One column of a sweep's table.
struct Setting {
  std::string label;
  LoadShape shape;
};

struct Cell {
  std::string allocator;
  std::string setting;
  absl::StatusOr<PassResult> pass;
};

uint64_t Scaled(uint64_t requests, const Options& options, int concurrency) {
  const auto scaled = static_cast<uint64_t>(std::lround(static_cast<double>(requests) * options.scale));
  return std::max(scaled, static_cast<uint64_t>(concurrency));
}

LoadShape Shaped(const Options& options, int concurrency, size_t body_bytes, uint64_t requests) {
  LoadShape shape = options.shape;
  shape.concurrency = concurrency;
  shape.sizes = {.smallest = body_bytes, .largest = body_bytes};
  shape.requests = Scaled(requests, options, concurrency);
  shape.seconds_after = kSecondsAfter;
  return shape;
}

std::vector<Setting> OverConcurrency(const Options& options, size_t body_bytes) {
  std::vector<Setting> settings;
  for (int concurrency : {2, 8, 24, 48, 96}) {
    settings.push_back(
        {absl::StrCat(concurrency), Shaped(options, concurrency, body_bytes, kClassicRequests)});
  }
  return settings;
}

std::vector<Setting> OverRequests(const Options& options) {
  std::vector<Setting> settings;
  for (uint64_t thousands : {1, 2, 4, 8, 16, 32, 64}) {
    settings.push_back({absl::StrCat(thousands, "k"),
                        Shaped(options, kClassicConcurrency, options.shape.sizes.largest, thousands * 1000)});
  }
  return settings;
}

std::string CellText(const Cell& cell) {
  if (!cell.pass.ok()) return "failed";
  const std::optional<double> after = cell.pass->BytesAfter(1);
  return absl::StrCat(Mebibytes(cell.pass->PeakBytes()), " / ", after ? Mebibytes(*after) : "-",
                      cell.pass->errors > 0 ? " !" : "");
}

json AsJson(const Cell& cell) {
  if (!cell.pass.ok())
    return {
        {"allocator", cell.allocator}, {"setting", cell.setting}, {"failure", cell.pass.status().message()}};
  const std::optional<double> after = cell.pass->BytesAfter(1);
  return {{"allocator", cell.allocator},
          {"setting", cell.setting},
          {"requests", cell.pass->requests},
          {"errors", cell.pass->errors},
          {"requests_per_second", cell.pass->requests_per_second},
          {"rss_base_bytes", cell.pass->base_bytes},
          {"rss_average_bytes", cell.pass->AverageBytes()},
          {"rss_peak_bytes", cell.pass->PeakBytes()},
          {"rss_after_1s_bytes", after ? json(*after) : json(nullptr)}};
}

class Sweeper {
 public:
  Sweeper(const Options& options, size_t cells) : options_(options), cells_(cells) {}

  void Table(const std::string& title, const std::string& first_header, const std::vector<Setting>& settings);
  int Finish();

 private:
  Row MeasureRow(const Allocator& allocator, const std::vector<Setting>& settings, json& cells);

  const Options& options_;
  const size_t cells_;
  size_t measured_ = 0;
  Progress progress_;
  json tables_ = json::array();
  bool all_well_ = true;
};

Row Sweeper::MeasureRow(const Allocator& allocator, const std::vector<Setting>& settings, json& cells) {
  Row row = {allocator.name};
  for (const Setting& setting : settings) {
    const std::string title =
        absl::StrCat("[", ++measured_, "/", cells_, "] ", allocator.name, ", ", Describe(setting.shape));
    Cell cell = {allocator.name, setting.label, MeasurePass(allocator, setting.shape, title, progress_)};
    all_well_ = all_well_ && cell.pass.ok() && cell.pass->errors == 0;
    if (!cell.pass.ok()) progress_.Say(absl::StrCat(title, ": ", cell.pass.status().message()));
    row.push_back(CellText(cell));
    cells.push_back(AsJson(cell));
  }
  return row;
}

void Sweeper::Table(const std::string& title, const std::string& first_header,
                    const std::vector<Setting>& settings) {
  Row headers = {first_header};
  for (const Setting& setting : settings) headers.push_back(setting.label);
  json cells = json::array();
  std::vector<Row> rows;
  for (const Allocator& allocator : options_.allocators)
    rows.push_back(MeasureRow(allocator, settings, cells));
  progress_.Say(absl::StrCat(title, ": done"));
  std::printf("%s\n%s\n", title.c_str(), FormatTable(headers, rows).c_str());
  std::fflush(stdout);
  tables_.push_back({{"title", title}, {"cells", cells}});
}

int Sweeper::Finish() {
  for (const std::string& absent : options_.absent) std::printf("not measured: %s\n", absent.c_str());
  const json document = {{"format", 1}, {"scale", options_.scale}, {"tables", tables_}};
  const bool written = WriteFile(options_.json, document.dump(1) + "\n");
  return written && all_well_ ? 0 : 1;
}

}  // namespace

int Sweep(const Options& options) {
  const std::string scaled = absl::StrFormat("scaled by %g, at least one for each connection", options.scale);
  std::printf("each cell: peak RSS / RSS 1 s after the load, in MiB; a new process for every cell; %s\n\n",
              scaled.c_str());
  std::fflush(stdout);
  const std::vector<Setting> small = OverConcurrency(options, 1 << 10);
  const std::vector<Setting> large = OverConcurrency(options, 200 << 10);
  const std::vector<Setting> lengths = OverRequests(options);
  Sweeper sweeper(options, options.allocators.size() * (small.size() + large.size() + lengths.size()));
  const std::string each = absl::StrFormat("%d requests each (of %d; %s)",
                                           Scaled(kClassicRequests, options, 1), kClassicRequests, scaled);
  sweeper.Table(absl::StrCat("connections 2 to 96, bodies of 1 KiB, ", each), "connections", small);
  sweeper.Table(absl::StrCat("connections 2 to 96, bodies of 200 KiB, ", each), "connections", large);
  sweeper.Table(absl::StrFormat("requests 1k to 64k (%s), %d connections, bodies of %d KiB", scaled,
                                kClassicConcurrency, options.shape.sizes.largest >> 10),
                "requests", lengths);
  return sweeper.Finish();
}

}  // namespace gateway_load
