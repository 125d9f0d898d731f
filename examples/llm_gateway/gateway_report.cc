#include "gateway_report.h"

#include <memgov/memgov.hpp>
#include <nlohmann/json.hpp>

namespace llm_gateway {
namespace {

using nlohmann::json;

json PoolsAsJson() {
  json pools = json::array();
  for (const memgov_pool_t& pool : memgov::Pools()) {
    pools.push_back({{"name", pool.name},
                     {"threads", pool.threads},
                     {"parked", pool.parked},
                     {"live_bytes", pool.live_bytes},
                     {"held_bytes", pool.held_bytes}});
  }
  return pools;
}

json BytesOrNull(uint64_t bytes) { return bytes == MEMGOV_UNLIMITED ? json(nullptr) : json(bytes); }

json BudgetAsJson() {
  const memgov_budget_t budget = memgov::Budget();
  static constexpr const char* kRungs[] = {"normal", "soft", "hard"};
  return {{"charged_bytes", budget.charged_bytes},
          {"soft_bytes", BytesOrNull(budget.soft_bytes)},
          {"hard_bytes", BytesOrNull(budget.hard_bytes)},
          {"limit_bytes", BytesOrNull(budget.limit_bytes)},
          {"headroom_bytes", BytesOrNull(budget.headroom_bytes)},
          {"admitted_bytes", budget.admitted_bytes},
          {"rung", kRungs[budget.rung % std::size(kRungs)]}};
}

json AdmissionAsJson(const AdmissionCounts& counts) {
  return {{"admitted", counts.admitted},
          {"deferred", counts.deferred},
          {"rejected", counts.rejected},
          {"waiting", counts.waiting}};
}

json MemgovAsJson() {
  if (!memgov::Available()) return nullptr;
  const memgov_stats_t stats = memgov::Stats();
  return {{"version", memgov::Version()},
          {"resident_bytes", stats.resident_bytes},
          {"live_bytes", stats.live_bytes},
          {"held_bytes", stats.held_bytes},
          {"allocated_bytes", stats.allocated_bytes},
          {"releases", stats.releases},
          {"released_bytes", stats.released_bytes},
          {"longest_stall_ns", stats.longest_stall_ns},
          {"threads", stats.threads},
          {"governor_running", stats.governor_running != 0},
          {"budget", BudgetAsJson()},
          {"pools", PoolsAsJson()}};
}

}  // namespace

std::string ReportAsJson(const GatewayCounts& counts) {
  const json report = {
      {"requests", counts.requests},
      {"refused", counts.refused},
      {"admission", AdmissionAsJson(counts.admission)},
      {"pressure", {{"events", counts.pressure_events}, {"dropped_bytes", counts.dropped_bytes}}},
      {"cache",
       {{"sessions", counts.cache.sessions},
        {"bytes", counts.cache.bytes},
        {"evictions", counts.cache.evictions}}},
      {"memgov", MemgovAsJson()}};
  return report.dump(2) + "\n";
}

}  // namespace llm_gateway
