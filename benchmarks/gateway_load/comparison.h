// Comparison: the results of `gateway_load compare`, and the figures that its table, JSON and chart share.
//
// Safety: values.
#ifndef BENCHMARKS_GATEWAY_LOAD_COMPARISON_H_
#define BENCHMARKS_GATEWAY_LOAD_COMPARISON_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "measure.h"
#include "statistics.h"

namespace gateway_load {

struct AllocatorResult {
  Allocator allocator;
  std::vector<PassResult> passes;
  std::vector<std::string> failures;  // one sentence per pass that could not be measured

  // Of the passes that have this figure; nothing where none has.
  std::optional<Figure> Over(const std::function<std::optional<double>(const PassResult&)>& figure) const;
  uint64_t Errors() const;
  // The pass whose average RSS is the (lower) median: the one to draw.
  const PassResult* Typical() const;
};

struct Comparison {
  LoadShape shape;
  int runs = 1;
  std::vector<AllocatorResult> results;
  std::vector<std::string> absent;  // allocators that are not installed, one sentence each
  std::optional<LiveResult> live;
  std::string why_no_live;

  bool AllWell() const;
};

// One column of the table, one key of the JSON: the same list makes both.
struct Column {
  const char* header;
  const char* key;
  bool bytes;
  std::function<std::optional<double>(const PassResult&)> figure;
};

const std::vector<Column>& Columns();

// Figures for people: the table, its spread when there were several runs, and what went wrong.
std::string FormatComparison(const Comparison& comparison);

// The same for programs, with the samples of every pass.
std::string ComparisonAsJson(const Comparison& comparison);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_COMPARISON_H_
