#include <nlohmann/json.hpp>

#include "governor/cli/explain/diagnosis.h"

namespace memgov::cli::explain {
namespace {

using Json = nlohmann::ordered_json;

Json Bytes(uint64_t bytes) { return bytes == UINT64_MAX ? Json() : Json(bytes); }

Json PartsOf(const Account& account) {
  Json parts = Json::array();
  for (const Part& part : account.parts)
    parts.push_back({{"part", part.name}, {"title", part.title}, {"bytes", part.bytes}, {"free", part.free}});
  return parts;
}

Json PoolsOf(const Facts& facts) {
  Json pools = Json::array();
  for (const PoolRow& row : MakePoolRows(facts)) {
    Json pool = {{"pool", row.name},
                 {"threads", row.threads},
                 {"parked_threads", row.parked},
                 {"stack_bytes", row.stack_bytes}};
    if (row.has_heap)
      pool.update({{"live_bytes", row.live_bytes},
                   {"held_bytes", row.held_bytes},
                   {"held_is_exact", row.held_is_exact}});
    pools.push_back(pool);
  }
  return pools;
}

Json ClassesOf(const Facts& facts) {
  Json classes = Json::array();
  for (const SizeClass& entry : facts.classes) {
    classes.push_back({{"block_bytes", entry.block_bytes},
                       {"slabs", entry.slabs},
                       {"live_blocks", entry.live_blocks},
                       {"free_blocks", entry.free_blocks},
                       {"waste_bytes", entry.waste_bytes},
                       {"unused_bytes", entry.unused_bytes}});
  }
  return classes;
}

Json CgroupOf(const Facts& facts) {
  if (!facts.cgroup) return {};
  const CgroupMemory& cgroup = *facts.cgroup;
  return {{"version", cgroup.version},
          {"directory", cgroup.directory},
          {"usage_bytes", cgroup.usage_bytes},
          {"working_set_bytes", cgroup.working_set_bytes},
          {"limit_bytes", Bytes(cgroup.limit_bytes)},
          {"anonymous_bytes", cgroup.anonymous_bytes},
          {"file_bytes", cgroup.file_bytes},
          {"inactive_file_bytes", cgroup.inactive_file_bytes},
          {"kernel_bytes", cgroup.kernel_bytes},
          {"limit_hits", cgroup.limit_hits},
          {"oom_kills", cgroup.oom_kills}};
}

Json TrendOf(const Trend& trend) {
  return {{"verdict", NameOf(trend.verdict)},
          {"watched_s", absl::ToDoubleSeconds(trend.watched)},
          {"resident_change_bytes", trend.resident_change},
          {"live_change_bytes", trend.live_change ? Json(*trend.live_change) : Json()},
          {"minor_faults", trend.minor_faults},
          {"major_faults", trend.major_faults},
          {"text", Describe(trend)}};
}

Json ReturnOf(const Diagnosis& diagnosis) {
  if (diagnosis.facts.figures) return {{"release_bytes", ReleasableBytes(diagnosis.facts)}};
  if (diagnosis.facts.preloaded) return {};
  const Returnable& returnable = diagnosis.returnable;
  Json json = {
      {"known", returnable.known}, {"high_bytes", returnable.high_bytes}, {"method", returnable.method}};
  if (returnable.known)
    json.update({{"likely_bytes", returnable.likely_bytes}, {"low_bytes", returnable.low_bytes}});
  return json;
}

Json AdviceOf(const Diagnosis& diagnosis) {
  Json advice = Json::array();
  for (const Advice& piece : diagnosis.advice)
    advice.push_back({{"advice", piece.name}, {"bytes", piece.bytes}, {"text", piece.text}});
  return advice;
}

}  // namespace

void PrintJson(const Diagnosis& diagnosis, std::ostream& out) {
  const Facts& facts = diagnosis.facts;
  const Account& account = diagnosis.account;
  const Json json = {{"pid", facts.pid},
                     {"command", facts.command},
                     {"governed", facts.preloaded},
                     {"engine", facts.preloaded ? Json(facts.engine) : Json()},
                     {"allocator", facts.preloaded ? "memgov" : facts.allocator},
                     {"figures", !facts.figures            ? "none"
                                 : facts.figures_are_fresh ? "fresh"
                                                           : "last"},
                     {"why_no_fresh_figures",
                      facts.preloaded && !facts.figures_are_fresh ? Json(facts.why_no_figures) : Json()},
                     {"headline", Headline(diagnosis)},
                     {"resident_bytes", account.resident_bytes},
                     {"parts", PartsOf(account)},
                     {"not_accounted_bytes", account.not_accounted_bytes},
                     {"proportional_bytes", account.proportional_bytes},
                     {"peak_resident_bytes", facts.status.peak_bytes},
                     {"huge_bytes", account.huge_bytes},
                     {"lazy_free_bytes", account.lazy_free_bytes},
                     {"swap_bytes", account.swap_bytes},
                     {"reserved_bytes", account.reserved_bytes},
                     {"untouched_bytes", account.untouched_bytes},
                     {"virtual_bytes", facts.brief.virtual_bytes},
                     {"minor_faults", facts.brief.minor_faults},
                     {"major_faults", facts.brief.major_faults},
                     {"threads", facts.brief.threads},
                     {"pools", PoolsOf(facts)},
                     {"classes", ClassesOf(facts)},
                     {"cgroup", CgroupOf(facts)},
                     {"trend", TrendOf(diagnosis.trend)},
                     {"would_return", ReturnOf(diagnosis)},
                     {"advice", AdviceOf(diagnosis)}};
  out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace memgov::cli::explain
