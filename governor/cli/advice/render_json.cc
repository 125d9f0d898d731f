#include <nlohmann/json.hpp>

#include "governor/cli/advice/render.h"

namespace memgov::cli {
namespace {

using Json = nlohmann::ordered_json;

Json OrNull(uint64_t bytes) { return bytes == UINT64_MAX ? Json(nullptr) : Json(bytes); }

Json Measured(const Measurement& seen) {
  Json json = {{"source", seen.source},
               {"pid", seen.pid},
               {"command", seen.command},
               {"engine", seen.engine.empty() ? Json(nullptr) : Json(seen.engine)},
               {"one_look", seen.one_look},
               {"seconds", seen.seconds},
               {"samples", seen.samples},
               {"interval_s", seen.interval_s},
               {"peak_resident_bytes", seen.peak_resident},
               {"peak_by_kernel", seen.peak_by_kernel},
               {"average_resident_bytes", seen.average_resident},
               {"peak_anonymous_bytes", seen.peak_anonymous},
               {"least_anonymous_bytes", seen.least_anonymous},
               {"shareable_bytes", seen.shareable},
               {"container_limit_bytes", OrNull(seen.container_limit)},
               {"members", seen.members},
               {"refused_allocations", seen.refused},
               {"oom_kills", seen.oom_kills}};
  json["peak_charged_bytes"] = seen.peak_charged.has_value() ? Json(*seen.peak_charged) : Json(nullptr);
  json["allocated_bytes"] = seen.allocated.has_value() ? Json(*seen.allocated) : Json(nullptr);
  return json;
}

}  // namespace

std::string AdviceJson(const Advice& advice) {
  const Sizing& sizing = advice.sizing;
  Json machines = Json::array();
  for (const Machine& machine : sizing.machines) {
    machines.push_back({{"machine_bytes", machine.bytes},
                        {"system_bytes", machine.system_bytes},
                        {"workers", machine.workers},
                        {"left_bytes", machine.left_bytes}});
  }
  const Json json = {
      {"measured", Measured(advice.seen)},
      {"warnings", advice.doubts},
      {"container",
       {{"workers", advice.workers},
        {"peak_bytes", sizing.peak},
        {"peak_of", sizing.peak_of},
        {"request_percent", sizing.request_percent},
        {"request_bytes", sizing.request},
        {"headroom_percent", sizing.headroom_percent},
        {"headroom_why", sizing.headroom_why},
        {"limit_bytes", sizing.limit}}},
      {"budgets",
       {{"MEMGOV_BUDGET", "auto"},
        {"budget_bytes", sizing.budget},
        {"MEMGOV_BUDGET_SOFT", std::to_string(sizing.soft_percent) + "%"},
        {"soft_bytes", sizing.soft}}},
      {"workers",
       {{"base_bytes", sizing.base}, {"per_worker_bytes", sizing.per_worker}, {"machines", machines}}}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace memgov::cli
