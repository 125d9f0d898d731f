// overload: who is killed at a memory limit, and who sheds what does not fit?
//
// Exit status: 0; 1 when something could not be measured or, with --judge, a bar was missed; 2 for a wrong
// command line; 77 where no memory cgroup may be made.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "memory_cgroup.h"
#include "options.h"
#include "progress.h"
#include "report.h"
#include "statistics.h"
#include "table.h"

namespace overload {
namespace {

constexpr int kNoCgroup = 77;

std::atomic<bool> interrupted{false};

void OnSignal(int) { interrupted = true; }
bool WasInterrupted() { return interrupted; }

absl::StatusOr<CgroupPlace> PlaceThatWorks(uint64_t limit_bytes) {
  absl::StatusOr<CgroupPlace> place = FindPlace();
  if (!place.ok()) return place;
  const auto tried = MemoryCgroup::Create(*place, limit_bytes);
  if (!tried.ok()) return tried.status();
  return place;
}

std::string DescribeLoad(const Options& options) {
  const ClientPlan& load = options.load;
  const std::string wait = load.obey_retry_after
                               ? "what Retry-After says"
                               : absl::StrFormat("%g s (times 0.5 to 1.5)", load.refused_wait_seconds);
  return absl::StrFormat(
      "load: %d clients that each send a body of %d KiB as soon as the last one is answered, for %g s; one "
      "that is "
      "refused waits %s",
      load.connections, load.sizes.largest >> 10, load.seconds, wait);
}

std::string DescribeLimits(const Options& options, const std::optional<CgroupPlace>& place) {
  const std::string roomy =
      options.roomy ? absl::StrFormat("; and %d MiB, to compare with", options.roomy_bytes >> 20) : "";
  const std::string how = place ? absl::StrFormat("memory cgroup (version %d) of %d MiB", place->version,
                                                  options.limit_bytes >> 20)
                                : absl::StrFormat(
                                      "MEMGOV_BUDGET of %d MiB, no cgroup: nobody is killed, one may go "
                                      "over",
                                      options.limit_bytes >> 20);
  return absl::StrCat("limit: ", how, roomy);
}

// Measures one run and says how it went. False where it could not be made.
bool MeasureInto(const RunPlan& plan, const std::string& title, Contender& contender,
                 std::vector<RunResult>& runs, gateway_load::Progress& progress) {
  progress.Show(title);
  absl::StatusOr<RunResult> run = MeasureRun(plan, WasInterrupted);
  if (!run.ok()) {
    contender.failures.push_back(absl::StrCat(title, ": ", run.status().message()));
    progress.Say(contender.failures.back());
    return false;
  }
  progress.Say(absl::StrFormat(
      "%s: %s, peak %s MiB, %d charges failed (%d late); %d ok, %d refused, %d other, %d unanswered; %.1f "
      "ok/s, p99 "
      "%.0f ms",
      title, Outcome(*run, plan.limit_bytes), gateway_load::Mebibytes(static_cast<double>(run->peak_bytes)),
      run->failed_charges, run->late_failed_charges, run->load.ok_ms.size(), run->load.refused,
      run->load.other_status, run->load.unanswered, run->load.Goodput(),
      gateway_load::Percentile(run->load.ok_ms, 99)));
  runs.push_back(*std::move(run));
  return true;
}

void MeasureOnce(const Options& options, const gateway_load::Allocator& allocator,
                 const std::optional<CgroupPlace>& place, const std::string& suffix, Contender& contender,
                 gateway_load::Progress& progress) {
  RunPlan plan = {.command = options.command,
                  .allocator = allocator,
                  .limit_bytes = options.limit_bytes,
                  .place = place,
                  .load = options.load};
  const auto title = [&] {
    return absl::StrCat(allocator.name, " in ", plan.limit_bytes >> 20, " MiB", suffix);
  };
  if (!MeasureInto(plan, title(), contender, contender.tight, progress)) return;
  if (!options.roomy || !contender.governed || interrupted) return;
  plan.limit_bytes = options.roomy_bytes;
  MeasureInto(plan, title(), contender, contender.roomy, progress);
}

void MeasureAll(const Options& options, const std::optional<CgroupPlace>& place, Report& report) {
  gateway_load::Progress progress;
  for (const gateway_load::Allocator& allocator : options.allocators) {
    report.contenders.push_back({.name = allocator.name,
                                 .governed = absl::StartsWith(allocator.name, "memgov"),
                                 .tight = {},
                                 .roomy = {},
                                 .failures = {}});
  }
  for (int run = 0; run < options.runs; ++run) {
    const std::string suffix = options.runs == 1 ? "" : absl::StrCat(", run ", run + 1, " of ", options.runs);
    for (size_t i = 0; i < options.allocators.size() && !interrupted; ++i) {
      MeasureOnce(options, options.allocators[i], place, suffix, report.contenders[i], progress);
    }
  }
}

int ExitStatus(const Options& options, const Report& report) {
  bool well = !interrupted;
  for (const Contender& contender : report.contenders) well = well && contender.failures.empty();
  if (options.judge) {
    for (const Bar& bar : JudgeAll(report)) well = well && bar.passed;
  }
  return well ? 0 : 1;
}

int Run(const Options& options) {
  std::optional<CgroupPlace> place;
  if (options.limit_by != Options::LimitBy::kBudget) {
    const absl::StatusOr<CgroupPlace> found = PlaceThatWorks(options.limit_bytes);
    if (found.ok()) {
      place = *found;
    } else {
      std::fprintf(stderr, "overload: no memory cgroup may be made here: %s\n",
                   std::string(found.status().message()).c_str());
      if (options.limit_by == Options::LimitBy::kCgroup) return kNoCgroup;
    }
  }
  Report report = {.load = DescribeLoad(options),
                   .limits = DescribeLimits(options, place),
                   .limit_bytes = options.limit_bytes,
                   .roomy_bytes = options.roomy_bytes,
                   .in_cgroup = place.has_value(),
                   .contenders = {}};
  MeasureAll(options, place, report);
  std::printf("%s", FormatReport(report).c_str());
  std::fflush(stdout);
  if (!options.json.empty()) {
    std::ofstream file(options.json, std::ios::trunc);
    file << ReportAsJson(report);
    file.close();
    if (!file) return 1;
  }
  return ExitStatus(options, report);
}

}  // namespace
}  // namespace overload

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGINT, overload::OnSignal);
  signal(SIGTERM, overload::OnSignal);
  return overload::Run(overload::ParseOptions(argc, argv));
}
