#include "governor/cli/show/top_frame.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/utf8.h"
#include "governor/cli/show/pools_view.h"

namespace memgov::cli {
namespace {

constexpr int kBarCells = 10;
constexpr int kWideBarCells = 16;
constexpr double kNearLimit = 0.8;    // of the hard budget: about where soft begins (docs/governor.md)
constexpr int kLinesAroundPools = 3;  // a blank one, whose pools, the titles
constexpr int kLinesAroundRows = 3;   // the sum, the titles, the keys
constexpr int kLeastRows = 2;

uint64_t Sum(const std::vector<ProcessRow>& rows, uint64_t ProcessRow::*member) {
  uint64_t sum = 0;
  for (const ProcessRow& row : rows) {
    if (__builtin_add_overflow(sum, row.*member, &sum)) return UINT64_MAX - 1;
  }
  return sum;
}

std::string TitleOf(const TopFrame& frame) {
  std::string title =
      absl::StrCat(frame.time, "  ", frame.rows.size(), frame.rows.size() == 1 ? " process" : " processes",
                   "  RSS ", FormatBytes(Sum(frame.rows, &ProcessRow::resident_bytes)), "  held ",
                   FormatBytes(Sum(frame.rows, &ProcessRow::held_bytes)), "  live ",
                   FormatBytes(Sum(frame.rows, &ProcessRow::live_bytes)), "  by ", frame.sort);
  if (frame.unreadable > 0) absl::StrAppend(&title, "  (", frame.unreadable, " unreadable)");
  return title;
}

Table ProcessTable(const TopFrame& frame, bool unicode) {
  Table table({{.title = " ", .align = Align::kLeft},
               {.title = "PID"},
               {.title = "COMMAND", .align = Align::kLeft},
               {.title = "RSS"},
               {.title = "HELD", .drop_order = 1},
               {.title = "LIVE", .drop_order = 3},
               {.title = "BUDGET    ", .drop_order = 4},  // as wide as its bar
               {.title = "USED", .drop_order = 5},
               {.title = "RUNG", .drop_order = 2},
               {.title = "THREADS", .drop_order = 6},
               {.title = "AGE", .drop_order = 7}});
  for (size_t index = 0; index < frame.rows.size(); ++index) {
    const ProcessRow& row = frame.rows[index];
    table.AddRow({index == frame.selected ? ">" : " ", absl::StrCat(row.pid), CommandCell(row.command),
                  FormatBytes(row.resident_bytes), FormatBytes(row.held_bytes), FormatBytes(row.live_bytes),
                  Bar(row.BudgetPart(), kBarCells, unicode), BudgetText(row), RungCell(row),
                  absl::StrCat(row.threads), AgeText(row.age)});
  }
  return table;
}

Style StyleOf(const ProcessRow& row, bool is_selected) {
  if (is_selected) return Style::kSelected;
  if (row.rung >= 2) return Style::kAlarm;
  return row.rung == 1 || row.BudgetPart() >= kNearLimit ? Style::kWarning : Style::kPlain;
}

// How many lines of the screen the pools get: half of what is there, and none where that shows nothing.
int PoolLines(int wanted, int height) {
  if (height == 0) return wanted;
  const int room = (height - kLinesAroundRows) / 2;
  return room > kLinesAroundPools ? std::min(wanted, room) : 0;
}

// The part of the list that has the selected row in it.
size_t FirstShown(size_t rows, size_t selected, size_t room) {
  if (rows <= room) return 0;
  return std::min(rows - room, selected < room ? 0 : selected - room + 1);
}

void AddRows(const TopFrame& frame, const std::vector<std::string>& lines, size_t room,
             std::vector<ScreenLine>& screen) {
  screen.push_back({lines[0], Style::kHeader});
  const size_t first = FirstShown(frame.rows.size(), frame.selected, room);
  for (size_t index = first; index < std::min(frame.rows.size(), first + room); ++index) {
    screen.push_back({lines[index + 1], StyleOf(frame.rows[index], index == frame.selected)});
  }
}

void AddPools(const TopFrame& frame, const std::vector<std::string>& lines, int count,
              std::vector<ScreenLine>& screen) {
  const ProcessRow& row = frame.rows[frame.selected];
  screen.push_back({});
  screen.push_back({absl::StrCat("pools of ", row.pid, " ", CommandCell(row.command)), Style::kTitle});
  screen.push_back({lines[0], Style::kHeader});
  for (int index = 1; index <= count - kLinesAroundPools; ++index)
    screen.push_back({lines[index], Style::kPlain});
}

std::string Keys(int width) {
  constexpr const char* kLong = "q quit  m RSS  l live  h held  b budget  r rung  p pid  arrows select";
  constexpr const char* kShort = "q quit m RSS l live h held p pid r rung";
  return CellsOf(std::string_view(kLong)) <= width ? kLong : kShort;
}

}  // namespace

std::vector<ScreenLine> RenderTop(const TopFrame& frame, const ScreenSize& size, bool unicode) {
  std::vector<ScreenLine> screen;
  screen.push_back({TitleOf(frame), Style::kTitle});
  if (frame.rows.empty()) screen.push_back({"no governed process that you may see"});
  if (!frame.rows.empty()) {
    const bool is_wide = size.width == 0 || size.width >= 60;
    const Table pools = PoolTable(frame.reading, is_wide ? kWideBarCells : kBarCells, unicode);
    const std::vector<std::string> pool_lines = pools.Lines(size.width);
    const int wanted = static_cast<int>(pool_lines.size()) - 1 + kLinesAroundPools;
    const int count = PoolLines(wanted, size.height);
    const int room = std::max(kLeastRows, size.height - kLinesAroundRows - count);
    AddRows(frame, ProcessTable(frame, unicode).Lines(size.width),
            size.height == 0 ? frame.rows.size() : static_cast<size_t>(room), screen);
    if (count > 0) AddPools(frame, pool_lines, count, screen);
  }
  if (size.height > 0) {
    screen.resize(static_cast<size_t>(size.height));
    screen.back() = {Keys(size.width), Style::kHelp};
  }
  for (ScreenLine& line : screen) {
    if (size.width > 0) line.text = CutToCells(line.text, size.width, "");
  }
  return screen;
}

}  // namespace memgov::cli
