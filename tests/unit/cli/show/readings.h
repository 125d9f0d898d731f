// Readings and rows as tests need them.
#ifndef MEMGOV_TESTS_UNIT_CLI_SHOW_READINGS_H_
#define MEMGOV_TESTS_UNIT_CLI_SHOW_READINGS_H_

#include <string>

#include "governor/cli/show/process_row.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {

inline void AddFigure(Reading& reading, const std::string& name, uint64_t value, Unit unit = Unit::kBytes,
                      const std::string& labels = "") {
  FigureName figure;
  figure.name = "memgov_" + name;
  figure.labels = labels;
  figure.unit = unit;
  reading.names.push_back(figure);
  reading.values.push_back(value);
}

// 100 MB held, 60 MB live, by two pools: io holds 64 MB, parse 16 MB.
inline Reading ExampleReading() {
  constexpr uint64_t kMegabyte = uint64_t{1} << 20;
  Reading reading;
  reading.pid = 42;
  reading.version = "1.2.3";
  reading.engine = "arena";
  reading.command = "/usr/bin/gateway";
  reading.wall_clock_ns = 1700000000000000000;
  reading.monotonic_ns = 1000000000;
  AddFigure(reading, "resident_bytes", 120 * kMegabyte);
  AddFigure(reading, "held_bytes", 100 * kMegabyte);
  AddFigure(reading, "live_bytes", 60 * kMegabyte);
  AddFigure(reading, "charged_bytes", 150 * kMegabyte);
  AddFigure(reading, "hard_budget_bytes", 300 * kMegabyte);
  AddFigure(reading, "container_limit_bytes", UINT64_MAX);
  AddFigure(reading, "rung", 1, Unit::kNumber);
  AddFigure(reading, "stall_longest_seconds", 1500000, Unit::kNanoseconds);
  AddFigure(reading, "trims_total", 3, Unit::kNumber, "reason=\"idle\"");
  AddFigure(reading, "trims_total", 0, Unit::kNumber, "reason=\"hard\"");
  AddFigure(reading, "trimmed_bytes_total", 5 * kMegabyte, Unit::kBytes, "reason=\"idle\"");
  AddFigure(reading, "trimmed_bytes_total", 0, Unit::kBytes, "reason=\"hard\"");
  for (const char* name : {"threads", "live_bytes", "held_bytes", "soft_budget_bytes"}) {
    FigureName figure;
    figure.name = std::string("memgov_pool_") + name;
    figure.unit = figure.name.ends_with("_bytes") ? Unit::kBytes : Unit::kNumber;
    reading.pool_names.push_back(figure);
  }
  reading.pools.push_back({"parse", {4, 8 * kMegabyte, 16 * kMegabyte, 32 * kMegabyte}});
  reading.pools.push_back({"io", {12, 52 * kMegabyte, 64 * kMegabyte, UINT64_MAX}});
  return reading;
}

inline ProcessRow ExampleRow(int pid, const std::string& command, uint64_t resident_bytes) {
  ProcessRow row;
  row.pid = pid;
  row.user = "root";
  row.command = command;
  row.engine = "arena";
  row.resident_bytes = resident_bytes;
  row.state = 'S';
  return row;
}

}  // namespace memgov::cli

#endif  // MEMGOV_TESTS_UNIT_CLI_SHOW_READINGS_H_
