#include "measure.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "memory_cgroup.h"
#include "process.h"
#include "rss_sampler.h"

namespace overload {
namespace {

using gateway_load::ProcessUnderTest;

// A crowd that arrives at once may meet the limit; one that is being shed may not.
constexpr double kArrivalSeconds = 2;

// The shell enters the cgroup and becomes the command: not a page of the server's is charged elsewhere.
std::vector<std::string> InCgroup(const MemoryCgroup& cgroup, const std::vector<std::string>& command) {
  std::vector<std::string> result = {"/bin/sh", "-c", R"(echo $$ >"$0" && exec "$@")",
                                     cgroup.processes().string()};
  result.insert(result.end(), command.begin(), command.end());
  return result;
}

gateway_load::ProcessPlan ProcessPlanOf(const RunPlan& plan, const MemoryCgroup* cgroup) {
  gateway_load::ProcessPlan process = {
      .command = plan.command, .port = 0, .allocator = plan.allocator, .serves = true};
  if (cgroup != nullptr) {
    process.command = InCgroup(*cgroup, plan.command);
  } else {
    process.allocator.environment.emplace_back("MEMGOV_BUDGET", absl::StrCat(plan.limit_bytes));
  }
  return process;
}

// Follows the process and its cgroup while the load runs.
class Watch {
 public:
  Watch(ProcessUnderTest& process, const MemoryCgroup* cgroup, Interrupted interrupted)
      : process_(process), cgroup_(cgroup), interrupted_(interrupted) {}

  bool Tick(double seconds) {
    if (cgroup_ != nullptr && seconds <= kArrivalSeconds) at_arrival_ = cgroup_->Read().failed_charges;
    const absl::Status status = process_.Check();
    if (!status.ok()) {
      result_.how_it_ended = std::string(status.message());
      result_.died_after_seconds = seconds;
    }
    return status.ok() && !interrupted_();
  }

  RunResult End(ClientResult load, double peak_rss, uint64_t limit_bytes) {
    if (result_.Alive()) Tick(load.seconds);  // it may have died since the last tick
    result_.load = std::move(load);
    result_.peak_bytes = static_cast<uint64_t>(peak_rss);
    result_.over = cgroup_ == nullptr && result_.peak_bytes > limit_bytes;
    if (cgroup_ == nullptr) return std::move(result_);
    const MemoryCgroup::Reading reading = cgroup_->Read();
    result_.oom_kills = reading.oom_kills;
    result_.failed_charges = reading.failed_charges;
    result_.late_failed_charges = reading.failed_charges - std::min(at_arrival_, reading.failed_charges);
    result_.peak_bytes = reading.peak_bytes.value_or(result_.peak_bytes);
    return std::move(result_);
  }

 private:
  ProcessUnderTest& process_;
  const MemoryCgroup* const cgroup_;
  const Interrupted interrupted_;
  RunResult result_;
  uint64_t at_arrival_ = 0;
};

}  // namespace

absl::StatusOr<RunResult> MeasureRun(const RunPlan& plan, Interrupted interrupted) {
  std::unique_ptr<MemoryCgroup> cgroup;
  if (plan.place) {
    absl::StatusOr<std::unique_ptr<MemoryCgroup>> made = MemoryCgroup::Create(*plan.place, plan.limit_bytes);
    if (!made.ok()) return made.status();
    cgroup = *std::move(made);
  }
  auto process = ProcessUnderTest::Start(ProcessPlanOf(plan, cgroup.get()));
  if (!process.ok()) return process.status();
  gateway_load::RssSampler sampler((*process)->pid());
  Watch watch(**process, cgroup.get(), interrupted);
  ClientPlan load = plan.load;
  load.port = (*process)->port();
  absl::StatusOr<ClientResult> result =
      RunOverload(load, [&watch](double seconds) { return watch.Tick(seconds); });
  const gateway_load::Series rss = sampler.Stop();
  if (!result.ok()) return result.status();
  double peak_rss = 0;
  for (const gateway_load::Point& point : rss) peak_rss = std::max(peak_rss, point.bytes);
  return watch.End(*std::move(result), peak_rss, plan.limit_bytes);
}

}  // namespace overload
