#include <algorithm>
#include <cmath>
#include <numeric>

#include "governor/cli/frame/output.h"
#include "governor/cli/frame/utf8.h"

namespace memgov::cli {
namespace {

constexpr int kGap = 2;
constexpr int kLeastCut = 8;  // a name cut shorter says nothing

std::string_view Mark() { return TerminalIsUtf8() ? "…" : "~"; }

// The columns that are shown, and how wide.
struct Plan {
  std::vector<size_t> shown;
  std::vector<int> widths;  // of all columns

  int Total() const {
    const int gaps = kGap * (static_cast<int>(shown.size()) - 1);
    return std::accumulate(shown.begin(), shown.end(), gaps,
                           [this](int sum, size_t column) { return sum + widths[column]; });
  }
};

// The column that may be cut: the last one that is aligned left.
size_t LastLeft(const std::vector<Column>& columns, const Plan& plan) {
  const auto found = std::find_if(plan.shown.rbegin(), plan.shown.rend(), [&columns](size_t column) {
    return columns[column].align == Align::kLeft;
  });
  return found == plan.shown.rend() ? columns.size() : *found;
}

bool FitsByCutting(const std::vector<Column>& columns, Plan& plan, int width) {
  const int excess = plan.Total() - width;
  if (excess <= 0) return true;
  const size_t column = LastLeft(columns, plan);
  if (column == columns.size() || plan.widths[column] - excess < kLeastCut) return false;
  plan.widths[column] -= excess;
  return true;
}

// False when none is left that may go.
bool DropOne(const std::vector<Column>& columns, Plan& plan) {
  const auto highest = std::max_element(plan.shown.begin(), plan.shown.end(), [&columns](size_t a, size_t b) {
    return columns[a].drop_order < columns[b].drop_order;
  });
  if (highest == plan.shown.end() || columns[*highest].drop_order == 0) return false;
  plan.shown.erase(highest);
  return true;
}

std::string Padded(const std::string& cell, int width, Align align, bool is_last) {
  const std::string text = CutToCells(cell, width, Mark());
  const std::string blanks(static_cast<size_t>(std::max(0, width - CellsOf(text))), ' ');
  if (align == Align::kRight) return blanks + text;
  return is_last ? text : text + blanks;
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::string> Table::Lines(int width) const {
  Plan plan;
  for (size_t column = 0; column < columns_.size(); ++column) {
    plan.shown.push_back(column);
    plan.widths.push_back(CellsOf(columns_[column].title));
    for (const auto& row : rows_) plan.widths[column] = std::max(plan.widths[column], CellsOf(row[column]));
  }
  while (width > 0 && !FitsByCutting(columns_, plan, width) && DropOne(columns_, plan)) {
  }
  std::vector<std::string> lines;
  const auto add = [&](auto&& cell_of) {
    std::string line;
    for (const size_t column : plan.shown) {
      const bool is_last = column == plan.shown.back();
      line += Padded(cell_of(column), plan.widths[column], columns_[column].align, is_last);
      if (!is_last) line.append(kGap, ' ');
    }
    lines.push_back(width > 0 ? CutToCells(line, width, Mark()) : line);
  };
  add([this](size_t column) -> const std::string& { return columns_[column].title; });
  for (const auto& row : rows_) add([&row](size_t column) -> const std::string& { return row[column]; });
  return lines;
}

void Table::Print(std::ostream& out, int width) const {
  for (const std::string& line : Lines(width)) out << line << "\n";
}

std::string Bar(double part, int cells, bool unicode) {
  const double bounded = std::isnan(part) ? 0 : std::clamp(part, 0.0, 1.0);
  if (!unicode) {
    const auto full = static_cast<size_t>(std::lround(bounded * cells));
    return std::string(full, '#') + std::string(static_cast<size_t>(cells) - full, '.');
  }
  constexpr std::string_view kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<int>(std::lround(bounded * cells * 8));
  std::string bar;
  for (int cell = 0; cell < eighths / 8; ++cell) bar += "█";
  bar += kEighths[eighths % 8];
  const int used = (eighths + 7) / 8;
  return bar.append(static_cast<size_t>(cells - used), ' ');
}

}  // namespace memgov::cli
