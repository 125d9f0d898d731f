#include "governor/cli/show/pools_view.h"

#include <algorithm>
#include <iostream>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/show/fresh.h"
#include "governor/cli/show/process_row.h"

namespace memgov::cli {
namespace {

constexpr int kBarCells = 16;

// Sums saturate: what a hostile process wrote must not wrap around.
uint64_t Add(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

uint64_t HeldByPools(const Reading& reading) {
  return std::accumulate(reading.pools.begin(), reading.pools.end(), uint64_t{0},
                         [&reading](uint64_t sum, const PoolReading& pool) {
                           return Add(sum, reading.PoolValue(pool, "held_bytes"));
                         });
}

double ShareOf(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Pools' shares are partly estimates: together they may be a little more than what the process holds.
uint64_t WholeOf(const Reading& reading) {
  return std::max(reading.Value("held_bytes"), HeldByPools(reading));
}

std::string BudgetCell(uint64_t bytes) {
  const bool is_none = bytes == UINT64_MAX || bytes == 0;
  return is_none ? "-" : FormatBytes(bytes);
}

Json PoolsJson(const Fresh& fresh) {
  Json pools = Json::array();
  for (const PoolRow& row : PoolRowsOf(fresh.process.reading)) {
    pools.push_back(Json{{"pool", row.name},
                         {"threads", row.threads},
                         {"parked_threads", row.parked_threads},
                         {"live_bytes", row.live_bytes},
                         {"held_bytes", row.held_bytes},
                         {"share", row.share},
                         {"soft_budget_bytes", JsonOfBytes(row.budget_bytes)}});
  }
  return Json{{"pid", fresh.process.pid},
              {"command", fresh.process.reading.command},
              {"age_seconds", JsonOfSeconds(fresh.age)},
              {"held_bytes", fresh.process.reading.Value("held_bytes")},
              {"held_by_no_pool_bytes", HeldByNoPool(fresh.process.reading)},
              {"pools", std::move(pools)}};
}

}  // namespace

std::vector<PoolRow> PoolRowsOf(const Reading& reading) {
  const uint64_t whole = WholeOf(reading);
  std::vector<PoolRow> rows;
  for (const PoolReading& pool : reading.pools) {
    PoolRow row;
    row.name = pool.name;
    row.threads = reading.PoolValue(pool, "threads");
    row.parked_threads = reading.PoolValue(pool, "parked_threads");
    row.live_bytes = reading.PoolValue(pool, "live_bytes");
    row.held_bytes = reading.PoolValue(pool, "held_bytes");
    row.budget_bytes = reading.PoolValue(pool, "soft_budget_bytes", UINT64_MAX);
    row.share = ShareOf(row.held_bytes, whole);
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const PoolRow& a, const PoolRow& b) { return a.held_bytes > b.held_bytes; });
  return rows;
}

uint64_t HeldByNoPool(const Reading& reading) {
  const uint64_t pools = HeldByPools(reading);
  const uint64_t held = reading.Value("held_bytes");
  return held > pools ? held - pools : 0;
}

Table PoolTable(const Reading& reading, int bar_cells, bool unicode) {
  std::string bar_title = "OF HELD";
  bar_title.resize(static_cast<size_t>(bar_cells), ' ');
  Table table({{.title = "POOL", .align = Align::kLeft},
               {.title = "THREADS", .drop_order = 3},
               {.title = "PARKED", .drop_order = 4},
               {.title = "LIVE", .drop_order = 1},
               {.title = "HELD"},
               {.title = "SHARE", .drop_order = 2},
               {.title = bar_title, .drop_order = 5},
               {.title = "BUDGET", .drop_order = 6}});
  const auto share = [](double part) { return absl::StrFormat("%.0f%%", part * 100); };
  for (const PoolRow& row : PoolRowsOf(reading)) {
    if (row.threads == 0 && row.live_bytes == 0 && row.held_bytes == 0) continue;
    table.AddRow({Printable(row.name), absl::StrCat(row.threads), absl::StrCat(row.parked_threads),
                  FormatBytes(row.live_bytes), FormatBytes(row.held_bytes), share(row.share),
                  Bar(row.share, bar_cells, unicode), BudgetCell(row.budget_bytes)});
  }
  const uint64_t rest = HeldByNoPool(reading);
  const double part = ShareOf(rest, WholeOf(reading));
  table.AddRow({"(no pool)", "", "", "", FormatBytes(rest), share(part), Bar(part, bar_cells, unicode), ""});
  return table;
}

int RunPools(int pid, bool json) {
  const absl::StatusOr<Fresh> fresh = FindFresh(pid);
  if (!fresh.ok()) return Fail(fresh.status());
  if (!fresh->answered) std::cerr << "memgov: " << fresh->Note() << "\n";
  const Reading& reading = fresh->process.reading;
  if (json) {
    Print(PoolsJson(*fresh), std::cout);
    return kOk;
  }
  PoolTable(reading, kBarCells, TerminalIsUtf8()).Print(std::cout, TerminalWidth());
  std::cout << "process " << pid << " (" << CommandCell(reading.command) << ") holds "
            << FormatBytes(reading.Value("held_bytes")) << ", live "
            << FormatBytes(reading.Value("live_bytes")) << "\n";
  return kOk;
}

}  // namespace memgov::cli
