#include "table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace gateway_load {
namespace {

std::vector<size_t> Widths(const Row& headers, const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const std::string& header : headers) widths.push_back(header.size());
  for (const Row& row : rows) {
    for (size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  return widths;
}

void AppendRow(const Row& row, const std::vector<size_t>& widths, std::string& out) {
  for (size_t column = 0; column < row.size(); ++column) {
    const std::string padding(widths[column] - row[column].size(), ' ');
    if (column > 0) out += "  ";
    out += column == 0 ? row[column] + padding : padding + row[column];
  }
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
}

}  // namespace

std::string FormatTable(const Row& headers, const std::vector<Row>& rows) {
  const std::vector<size_t> widths = Widths(headers, rows);
  Row rule;
  for (size_t width : widths) rule.emplace_back(width, '-');
  std::string out;
  AppendRow(headers, widths, out);
  AppendRow(rule, widths, out);
  for (const Row& row : rows) AppendRow(row, widths, out);
  return out;
}

std::string Mebibytes(double bytes) { return absl::StrFormat("%.1f", bytes / (1 << 20)); }

}  // namespace gateway_load
