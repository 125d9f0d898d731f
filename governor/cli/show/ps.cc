#include "governor/cli/show/ps.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

constexpr int kPssColumn = 5;

std::string BytesOrNone(const std::optional<uint64_t>& bytes) {
  return bytes.has_value() ? FormatBytes(*bytes) : "-";
}

// What goes first where a terminal is narrow: what other commands show, and what is the same for all
// processes.
std::vector<Column> Columns(bool with_pss) {
  std::vector<Column> columns = {{.title = "PID"},
                                 {.title = "USER", .align = Align::kLeft, .drop_order = 8},
                                 {.title = "ENGINE", .align = Align::kLeft, .drop_order = 9},
                                 {.title = "COMMAND", .align = Align::kLeft},
                                 {.title = "RSS"},
                                 {.title = "PSS"},
                                 {.title = "LIVE", .drop_order = 3},
                                 {.title = "HELD", .drop_order = 1},
                                 {.title = "DIRTY", .drop_order = 11},
                                 {.title = "FRAG", .drop_order = 10},
                                 {.title = "BUDGET", .drop_order = 4},
                                 {.title = "RUNG", .drop_order = 2},
                                 {.title = "POOLS", .drop_order = 7},
                                 {.title = "THREADS", .drop_order = 6},
                                 {.title = "AGE", .drop_order = 5}};
  if (!with_pss) columns.erase(columns.begin() + kPssColumn);
  return columns;
}

std::vector<std::string> Cells(const ProcessRow& row, bool with_pss) {
  std::vector<std::string> cells = {absl::StrCat(row.pid),
                                    row.user,
                                    Printable(row.engine),
                                    CommandCell(row.command),
                                    FormatBytes(row.resident_bytes),
                                    BytesOrNone(row.proportional_bytes),
                                    FormatBytes(row.live_bytes),
                                    FormatBytes(row.held_bytes),
                                    BytesOrNone(row.dirty_bytes),
                                    BytesOrNone(row.fragmentation_bytes),
                                    BudgetText(row),
                                    RungCell(row),
                                    absl::StrCat(row.pools),
                                    absl::StrCat(row.threads),
                                    AgeText(row.age)};
  if (!with_pss) cells.erase(cells.begin() + kPssColumn);
  return cells;
}

Json JsonOfRow(const ProcessRow& row) {
  Json json{{"pid", row.pid}, {"user", row.user}, {"command", row.command}, {"engine", row.engine}};
  json["state"] = std::string(1, row.state);
  json["resident_bytes"] = row.resident_bytes;
  if (row.proportional_bytes.has_value()) json["proportional_bytes"] = *row.proportional_bytes;
  json["live_bytes"] = row.live_bytes;
  json["held_bytes"] = row.held_bytes;
  json["dirty_bytes"] = JsonOfBytes(row.dirty_bytes);
  json["fragmentation_bytes"] = JsonOfBytes(row.fragmentation_bytes);
  json["charged_bytes"] = row.charged_bytes;
  json["hard_budget_bytes"] = JsonOfBytes(row.hard_bytes);
  json["rung"] = RungName(row.rung);
  json["pool_count"] = row.pools;
  json["threads"] = row.threads;
  json["parked_threads"] = row.parked_threads;
  json["age_seconds"] = JsonOfSeconds(row.age);
  return json;
}

}  // namespace

void PrintPs(const std::vector<ProcessRow>& rows, bool with_pss, int width, std::ostream& out) {
  Table table(Columns(with_pss));
  for (const ProcessRow& row : rows) table.AddRow(Cells(row, with_pss));
  table.Print(out, width);
}

Json PsJson(const std::vector<ProcessRow>& rows, const std::vector<std::string>& problems) {
  Json processes = Json::array();
  for (const ProcessRow& row : rows) processes.push_back(JsonOfRow(row));
  return Json{{"processes", std::move(processes)}, {"problems", problems}};
}

int RunPs(const PsOptions& options) {
  std::vector<std::string> problems;
  const std::vector<Governed> processes = ListGoverned(&problems);
  const Clocks now = Clocks::Now();
  const Proc proc;
  UserNames users;
  std::vector<ProcessRow> rows;
  {
    Progress progress("reading processes");
    for (const Governed& process : processes) {
      rows.push_back(RowOf(process, proc, users, now, options.with_pss));
      const double part = static_cast<double>(rows.size()) / static_cast<double>(processes.size());
      progress.Update(part, Printable(process.reading.command));
    }
  }
  SortRows(rows, options.sort);
  for (const std::string& problem : problems) std::cerr << "memgov: " << Printable(problem) << "\n";
  if (options.json) {
    Print(PsJson(rows, problems), std::cout);
  } else if (rows.empty()) {
    std::cerr << "memgov: no governed process that you may see\n";
  } else {
    PrintPs(rows, options.with_pss, TerminalWidth(), std::cout);
  }
  return kOk;
}

}  // namespace memgov::cli
