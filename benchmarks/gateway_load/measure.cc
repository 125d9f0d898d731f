#include "measure.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client.h"
#include "clock.h"
#include "process.h"
#include "process_family.h"
#include "rss_sampler.h"
#include "self_driven.h"
#include "statistics.h"

namespace gateway_load {
namespace {

constexpr double kBaseSettleSeconds = 0.5;
constexpr double kWindowSeconds = 0.25;

void Shift(Series& series, double zero) {
  for (Point& point : series) point.seconds -= zero;
}

absl::Status SendFirstRequest(int port, RequestMaker& requests) {
  const LoadPlan one = {.port = port, .concurrency = 1, .seconds = 0, .requests = 1, .rate = 0};
  const absl::StatusOr<LoadResult> result = RunLoad(one, requests, [](double, uint64_t) {});
  if (!result.ok()) return result.status();
  if (result->errors == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the first request failed: ", result->first_error));
}

void WaitAfterLoad(const std::string& title, double until, Progress& progress) {
  while (Now() < until) {
    progress.Show(absl::StrFormat("%s: load over, watching for %.0f s more", title, until - Now()));
    SleepSeconds(std::min(0.5, until - Now()));
  }
}

void Fill(PassResult& pass, LoadResult load, double server_cpu_seconds) {
  const double answered = static_cast<double>(load.latencies_ms.size());
  pass.requests_per_second = load.RequestsPerSecond();
  pass.requests = load.latencies_ms.size();
  pass.errors = load.errors;
  pass.first_error = std::move(load.first_error);
  pass.load_seconds = load.finished - load.started;
  pass.server_cpu_ms_per_request = answered > 0 ? server_cpu_seconds * 1000 / answered : 0;
  pass.client_cpu_share = pass.load_seconds > 0 ? load.client_cpu_seconds / pass.load_seconds : 0;
  pass.p50_ms = Percentile(load.latencies_ms, 50);
  pass.p99_ms = Percentile(std::move(load.latencies_ms), 99);
}

// Two servers may share a port, and one that was there before may take it all.
absl::Status CheckThatItServed(const PassResult& pass, int port) {
  constexpr uint64_t kEnoughToCost = 100;  // the kernel counts CPU time in steps of 10 ms
  if (pass.requests < kEnoughToCost || pass.server_cpu_ms_per_request > 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("it used no CPU time: does another process answer on port ", port, "?"));
}

absl::StatusOr<TimedPass> LoadProcess(ProcessUnderTest& process, const LoadShape& shape,
                                      const std::string& title, Progress& progress) {
  RequestMaker requests(shape.path, shape.sizes);
  if (absl::Status status = SendFirstRequest(process.port(), requests); !status.ok()) return status;
  SleepSeconds(kBaseSettleSeconds);
  TimedPass timed;
  timed.pass.base_bytes = ResidentBytes(FamilyOf(process.pid()));
  RssSampler sampler(process.pid());
  const double cpu_before = CpuSeconds(FamilyOf(process.pid()));
  const LoadPlan plan = {.port = process.port(),
                         .concurrency = shape.concurrency,
                         .seconds = shape.seconds,
                         .requests = shape.requests,
                         .rate = shape.rate};
  absl::StatusOr<LoadResult> load = RunLoad(plan, requests, [&](double seconds, uint64_t answered) {
    progress.Show(absl::StrFormat("%s: %.0f s of load, %d requests answered, RSS %.0f MiB", title, seconds,
                                  answered, ResidentBytes(FamilyOf(process.pid())) / (1 << 20)));
  });
  if (absl::Status status = process.Check(); !status.ok()) return status;
  if (!load.ok()) return load.status();
  timed.load_started = load->started;
  const double finished = load->finished;
  Fill(timed.pass, *std::move(load), CpuSeconds(FamilyOf(process.pid())) - cpu_before);
  if (absl::Status status = CheckThatItServed(timed.pass, process.port()); !status.ok()) return status;
  WaitAfterLoad(title, finished + shape.seconds_after, progress);
  timed.pass.rss = sampler.Stop();
  Shift(timed.pass.rss, timed.load_started);
  if (absl::Status status = process.Check(); !status.ok()) return status;
  return timed;
}

absl::StatusOr<TimedPass> RunOne(const Allocator& allocator, const LoadShape& shape, const std::string& title,
                                 Progress& progress) {
  if (shape.self_driven) return RunSelfDriven(allocator, shape, title, progress);
  auto process = ProcessUnderTest::Start(
      {.command = shape.command, .port = shape.port, .allocator = allocator, .serves = true});
  if (!process.ok()) return process.status();
  return LoadProcess(**process, shape, title, progress);
}

}  // namespace

std::string Describe(const LoadShape& shape) {
  const double smallest = static_cast<double>(shape.sizes.smallest) / 1024;
  const double largest = static_cast<double>(shape.sizes.largest) / 1024;
  const std::string sizes = smallest == largest ? absl::StrFormat("%g KiB", largest)
                                                : absl::StrFormat("%g to %g KiB", smallest, largest);
  const std::string length =
      shape.requests > 0 ? absl::StrCat(shape.requests, " requests") : absl::StrFormat("%g s", shape.seconds);
  const std::string pace = shape.rate > 0 ? absl::StrFormat(", %g requests/s", shape.rate) : "";
  if (shape.self_driven) {
    const std::string program = std::filesystem::path(shape.command.front()).filename().string();
    return absl::StrCat(program, ", its own load, ", length, pace);
  }
  return absl::StrCat(shape.concurrency, " keep-alive connections, JSON bodies of ", sizes, ", ", length,
                      pace);
}

std::optional<double> PassResult::BytesAfter(double seconds) const {
  const double time = load_seconds + seconds;
  if (rss.empty() || rss.back().seconds < time) return std::nullopt;
  return ValueAt(rss, time);
}

absl::StatusOr<PassResult> MeasurePass(const Allocator& allocator, const LoadShape& shape,
                                       const std::string& title, Progress& progress) {
  progress.Show(absl::StrCat(title, ": starting"));
  absl::StatusOr<TimedPass> timed = RunOne(allocator, shape, title, progress);
  if (!timed.ok()) return timed.status();
  return std::move(timed->pass);
}

absl::StatusOr<LiveResult> MeasureLive(const Allocator& allocator, const std::filesystem::path& preload,
                                       const LoadShape& shape, Progress& progress) {
  absl::StatusOr<std::unique_ptr<LiveCounter>> counter = LiveCounter::Create();
  if (!counter.ok()) return counter.status();
  absl::StatusOr<TimedPass> timed =
      RunOne((*counter)->Before(allocator, preload), shape, "counting live bytes (not timed)", progress);
  if (!timed.ok()) return timed.status();
  absl::StatusOr<LiveSeries> series = (*counter)->Read();
  if (!series.ok()) return series.status();
  Shift(series->requested, timed->load_started);
  Shift(series->usable, timed->load_started);
  const Interval load = timed->pass.load();
  return LiveResult{.allocator = allocator.name,
                    .series = *series,
                    .load_seconds = load.to,
                    .average_bytes = Average(series->requested, load),
                    .peak_bytes = Peak(series->requested, load),
                    .usable_average_bytes = Average(series->usable, load),
                    .window_peak_bytes = Average(RollingPeak(series->requested, load, kWindowSeconds), load),
                    .after_bytes = ValueAt(series->requested, load.to + shape.seconds_after)};
}

}  // namespace gateway_load
