#include "governor/cli/show/process_row.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

// governor/pools/pool_table.cc names it; its thread is the governor's.
constexpr std::string_view kOwnPool = "memgov";

using Less = bool (*)(const ProcessRow& a, const ProcessRow& b);

template <auto kMember>
bool Greater(const ProcessRow& a, const ProcessRow& b) {
  return std::invoke(kMember, b) < std::invoke(kMember, a);
}

template <auto kMember>
bool Lower(const ProcessRow& a, const ProcessRow& b) {
  return std::invoke(kMember, a) < std::invoke(kMember, b);
}

struct SortKey {
  const char* name;
  Less less;
};

constexpr std::array kSortKeys = {
    SortKey{"rss", Greater<&ProcessRow::resident_bytes>},
    SortKey{"pss", Greater<&ProcessRow::proportional_bytes>},
    SortKey{"live", Greater<&ProcessRow::live_bytes>},
    SortKey{"held", Greater<&ProcessRow::held_bytes>},
    SortKey{"dirty", Greater<&ProcessRow::dirty_bytes>},
    SortKey{"fragmentation", Greater<&ProcessRow::fragmentation_bytes>},
    SortKey{"budget", Greater<&ProcessRow::BudgetPart>},
    SortKey{"rung", Greater<&ProcessRow::rung>},
    SortKey{"threads", Greater<&ProcessRow::threads>},
    SortKey{"pools", Greater<&ProcessRow::pools>},
    SortKey{"pid", Lower<&ProcessRow::pid>},
    SortKey{"user", Lower<&ProcessRow::user>},
    SortKey{"command", Lower<&ProcessRow::command>},
    SortKey{"age", Lower<&ProcessRow::age>},
};

std::string LookUp(uid_t user) {
  std::vector<char> text(size_t{16} << 10);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(user, &entry, text.data(), text.size(), &found) != 0 || found == nullptr)
    return absl::StrCat(user);
  return Printable(found->pw_name);
}

}  // namespace

double ProcessRow::BudgetPart() const {
  if (hard_bytes == UINT64_MAX || hard_bytes == 0) return 0;
  return static_cast<double>(charged_bytes) / static_cast<double>(hard_bytes);
}

const std::string& UserNames::Of(uid_t user) {
  const auto [entry, is_new] = names_.try_emplace(user);
  if (is_new) entry->second = LookUp(user);
  return entry->second;
}

std::string RungName(uint64_t rung) {
  constexpr std::array kNames = {"normal", "soft", "hard"};
  return rung < kNames.size() ? std::string(kNames[rung]) : absl::StrCat(rung);
}

uint64_t CountPools(const Reading& reading) {
  const auto counts = [&reading](const PoolReading& pool) {
    return pool.name != kOwnPool &&
           (reading.PoolValue(pool, "threads") > 0 || reading.PoolValue(pool, "live_bytes") > 0 ||
            reading.PoolValue(pool, "held_bytes") > 0);
  };
  return static_cast<uint64_t>(std::count_if(reading.pools.begin(), reading.pools.end(), counts));
}

ProcessRow RowOf(const Governed& process, const Proc& proc, UserNames& users, const Clocks& now,
                 bool with_pss) {
  const Reading& reading = process.reading;
  ProcessRow row;
  row.pid = process.pid;
  row.user = users.Of(process.user);
  row.command = reading.command;
  row.engine = reading.engine;
  row.resident_bytes = reading.Value("resident_bytes");
  row.live_bytes = reading.Value("live_bytes");
  row.held_bytes = reading.Value("held_bytes");
  row.dirty_bytes = reading.Find("dirty_bytes");
  row.fragmentation_bytes = reading.Find("fragmentation_bytes");
  row.charged_bytes = reading.Value("charged_bytes");
  row.hard_bytes = reading.Value("hard_budget_bytes", UINT64_MAX);
  row.rung = reading.Value("rung");
  row.pools = CountPools(reading);
  row.threads = reading.Value("threads");
  row.parked_threads = reading.Value("parked_threads");
  row.age = AgeOf(reading, now);
  if (const auto brief = proc.ReadBrief(process.pid); brief.ok()) {
    row.resident_bytes = brief->resident_bytes;
    row.state = brief->state;
  }
  if (!with_pss) return row;
  if (const auto rollup = proc.ReadRollup(process.pid); rollup.ok()) {
    row.proportional_bytes = rollup->proportional_bytes;
  }
  return row;
}

bool SortRows(std::vector<ProcessRow>& rows, std::string_view key) {
  const auto* found = std::find_if(kSortKeys.begin(), kSortKeys.end(),
                                   [key](const SortKey& sort) { return sort.name == key; });
  if (found == kSortKeys.end()) return false;
  std::stable_sort(rows.begin(), rows.end(), found->less);
  return true;
}

std::vector<std::string> SortKeys() {
  std::vector<std::string> names;
  for (const SortKey& key : kSortKeys) names.emplace_back(key.name);
  return names;
}

std::string CommandCell(std::string_view command) {
  const size_t slash = command.rfind('/');
  const bool is_path = slash != std::string_view::npos && slash + 1 < command.size();
  return Printable(is_path ? command.substr(slash + 1) : command);
}

std::string RungCell(const ProcessRow& row) {
  if (row.state == 'T' || row.state == 't') return "stopped";
  return row.state == 'Z' || row.state == 'X' ? "ended" : RungName(row.rung);
}

std::string BudgetText(const ProcessRow& row) {
  if (row.hard_bytes == UINT64_MAX) return absl::StrCat(FormatBytes(row.charged_bytes), " of -");
  return absl::StrFormat("%.0f%% of %s", row.BudgetPart() * 100, FormatBytes(row.hard_bytes));
}

}  // namespace memgov::cli
