#include "governor/cli/explain/diagnosis.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli::explain {
namespace {

// A part's title without its details.
std::string Short(const std::string& title) {
  return title.substr(0, std::min({title.find(" ("), title.find(": "), title.size()}));
}

std::string Of(uint64_t part, uint64_t whole) {
  return absl::StrCat(FormatBytes(part), " (", ShareOf(part, whole), ")");
}

// The figures have every thread but memgov's own in the pool that counts: those that a name or a rule has
// elsewhere (a scope, memgov_pool_bind, a start routine) would be there twice.
void DropThreadsOfOtherNames(const Facts& facts, std::map<std::string, PoolRow>& rows) {
  std::map<std::string, uint64_t> named;
  uint64_t left = 0;
  for (const ThreadPool& pool : facts.thread_pools) {
    named[pool.name] = pool.threads;
    left += pool.threads;
  }
  uint64_t counted = 0;
  for (const PoolReading& pool : facts.figures->pools) {
    const uint64_t threads = facts.figures->PoolValue(pool, "threads");
    counted = std::max(counted, threads);
    left -= std::min(left, std::max(threads, named[pool.name]));
  }
  if (counted == 0) return;  // another version, without that figure
  for (auto& [name, row] : rows) {
    if (row.has_heap) continue;
    row.threads = std::min(row.threads, left);
    row.parked = std::min(row.parked, row.threads);
    left -= row.threads;
  }
}

}  // namespace

Diagnosis Diagnose(Facts facts) {
  Diagnosis diagnosis;
  diagnosis.facts = std::move(facts);
  diagnosis.account = MakeAccount(diagnosis.facts);
  diagnosis.trend = FindTrend(diagnosis.facts.first, diagnosis.facts.second);
  if (!diagnosis.facts.preloaded) diagnosis.returnable = EstimateReturnable(diagnosis.facts);
  diagnosis.advice = FindAdvice(diagnosis.facts, diagnosis.account, diagnosis.returnable);
  return diagnosis;
}

std::string ShareOf(uint64_t part, uint64_t whole) {
  if (whole == 0 || part == 0) return "0 %";
  const double percent = 100 * static_cast<double>(part) / static_cast<double>(whole);
  return percent < 0.5 ? "<1 %" : absl::StrCat(static_cast<int64_t>(percent + 0.5), " %");
}

std::string Headline(const Diagnosis& diagnosis) {
  const Account& account = diagnosis.account;
  if (account.parts.empty()) return "It has nothing in memory.";
  const uint64_t free = account.FreeBytes();
  const uint64_t live = account.BytesOf("live");
  const std::string rss = absl::StrCat("RSS is ", FormatBytes(account.resident_bytes), ". ");
  if (free > live && free >= account.resident_bytes / 4) {
    return absl::StrCat(rss, Of(free, account.resident_bytes), " of it is free memory that ",
                        diagnosis.facts.preloaded ? "memgov" : "malloc", " keeps; the program uses ",
                        FormatBytes(live), " of its heap.");
  }
  if (live >= account.resident_bytes / 2)
    return absl::StrCat(rss, Of(live, account.resident_bytes), " of it is in use by the program.");
  const Part& largest = account.parts.front();
  return absl::StrCat(rss, "The largest part, ", Of(largest.bytes, account.resident_bytes), ": ",
                      Short(largest.title), ".");
}

std::vector<PoolRow> MakePoolRows(const Facts& facts) {
  std::map<std::string, PoolRow> rows;
  for (const ThreadPool& pool : facts.thread_pools) {
    PoolRow& row = rows[pool.name];
    row.threads = pool.threads;
    row.parked = pool.parked;
  }
  if (facts.figures) {
    for (const PoolReading& pool : facts.figures->pools) {
      PoolRow& row = rows[pool.name];
      row.has_heap = true;
      row.live_bytes = facts.figures->PoolValue(pool, "live_bytes");
      row.held_bytes = facts.figures->PoolValue(pool, "held_bytes");
      row.held_is_exact = facts.exact_pools.contains(pool.name);
      // Rules and scopes make pools that no name of a thread shows.
      row.threads = facts.figures->PoolValue(pool, "threads", row.threads);
      row.parked = facts.figures->PoolValue(pool, "parked_threads", row.parked);
    }
  }
  if (facts.figures) DropThreadsOfOtherNames(facts, rows);
  for (const auto& [name, bytes] : facts.stack_bytes) rows[name].stack_bytes += bytes;
  std::vector<PoolRow> sorted;
  for (auto& [name, row] : rows) {
    row.name = name;
    if (row.threads > 0 || row.live_bytes > 0 || row.held_bytes > 0) sorted.push_back(row);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const PoolRow& a, const PoolRow& b) {
    return std::pair(a.held_bytes, a.threads) > std::pair(b.held_bytes, b.threads);
  });
  return sorted;
}

}  // namespace memgov::cli::explain
