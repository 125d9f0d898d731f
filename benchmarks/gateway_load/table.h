// FormatTable: rows of text in aligned columns, the first to the left, figures to the right.
//
// Safety: pure.
// Assumptions: every row has as many cells as there are headers; one byte is one column.
#ifndef BENCHMARKS_GATEWAY_LOAD_TABLE_H_
#define BENCHMARKS_GATEWAY_LOAD_TABLE_H_

#include <string>
#include <vector>

namespace gateway_load {

using Row = std::vector<std::string>;

std::string FormatTable(const Row& headers, const std::vector<Row>& rows);

// What every table here shows for bytes: MiB with one decimal.
std::string Mebibytes(double bytes);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_TABLE_H_
