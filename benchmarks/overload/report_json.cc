#include <nlohmann/json.hpp>

#include "report.h"
#include "statistics.h"

namespace overload {
namespace {

using nlohmann::json;

json AsJson(const RunResult& run) {
  return {{"alive", run.Alive()},
          {"how_it_ended", run.how_it_ended},
          {"died_after_seconds", run.died_after_seconds},
          {"oom_kills", run.oom_kills},
          {"failed_charges", run.failed_charges},
          {"late_failed_charges", run.late_failed_charges},
          {"peak_bytes", run.peak_bytes},
          {"over", run.over},
          {"ok", run.load.ok_ms.size()},
          {"refused", run.load.refused},
          {"refused_without_retry_after", run.load.refused_mutely},
          {"other_status", run.load.other_status},
          {"unanswered", run.load.unanswered},
          {"first_failure", run.load.first_failure},
          {"load_seconds", run.load.seconds},
          {"ok_per_second", run.load.Goodput()},
          {"p50_ms", gateway_load::Percentile(run.load.ok_ms, 50)},
          {"p99_ms", gateway_load::Percentile(run.load.ok_ms, 99)}};
}

json AsJson(const std::vector<RunResult>& runs) {
  json result = json::array();
  for (const RunResult& run : runs) result.push_back(AsJson(run));
  return result;
}

}  // namespace

std::string ReportAsJson(const Report& report) {
  json contenders = json::array();
  for (const Contender& contender : report.contenders) {
    contenders.push_back({{"allocator", contender.name},
                          {"governed", contender.governed},
                          {"tight", AsJson(contender.tight)},
                          {"roomy", AsJson(contender.roomy)},
                          {"failures", contender.failures}});
  }
  json bars = json::array();
  for (const Bar& bar : JudgeAll(report)) {
    bars.push_back({{"what", bar.what}, {"measured", bar.measured}, {"passed", bar.passed}});
  }
  const json all = {{"load", report.load},
                    {"limits", report.limits},
                    {"limit_bytes", report.limit_bytes},
                    {"roomy_bytes", report.roomy_bytes},
                    {"in_cgroup", report.in_cgroup},
                    {"contenders", contenders},
                    {"bars", bars}};
  return all.dump(2) + "\n";
}

}  // namespace overload
