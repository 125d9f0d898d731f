// pool_churn: 148 pool threads that block in mid-request, in one process without a network; what the
// allocator that it runs under makes of that, as one line of JSON.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "body.h"
#include "latencies.h"
#include "memory_watch.h"
#include "plan.h"
#include "pool.h"
#include "receiver.h"

namespace pool_churn {
namespace {

constexpr double kSettleSeconds = 0.5;
constexpr size_t kBodies = 16;
constexpr size_t kSmallestBody = 64 << 10;
constexpr size_t kLargestBody = 224 << 10;

struct Options {
  PlanLimits load{.seconds = 10, .requests = 0, .rate = 0};
  double seconds_after = 5.5;
  size_t threads = 148;
  size_t connections = 148;
  size_t receivers = 4;
};

struct Outcome {
  int64_t started_ns = 0;
  int64_t finished_ns = 0;
  double cpu_seconds = 0;
};

Latencies latencies;

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void SleepFor(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

std::vector<std::string> MakeBodies() {
  std::vector<std::string> bodies;
  for (size_t i = 0; i < kBodies; ++i) {
    bodies.push_back(MakeBody(kSmallestBody + (kLargestBody - kSmallestBody) * i / (kBodies - 1), i));
  }
  return bodies;
}

using Receivers = std::vector<std::unique_ptr<Receiver>>;

Outcome RunPlan(const PlanLimits& limits, const Receivers& receivers) {
  latencies.Clear();
  const double cpu_before = CpuSeconds();
  Plan plan(limits);
  for (const auto& receiver : receivers) receiver->Begin(plan);
  for (const auto& receiver : receivers) receiver->WaitUntilDone();
  return {.started_ns = plan.started_ns(), .finished_ns = NowNs(), .cpu_seconds = CpuSeconds() - cpu_before};
}

nlohmann::json Report(const Outcome& outcome, const gateway_load::Series& rss) {
  const double load_seconds = Seconds(outcome.finished_ns - outcome.started_ns);
  const auto requests = static_cast<double>(latencies.total());
  const auto after = [&](double seconds) {
    const bool watched = !rss.empty() && rss.back().seconds >= load_seconds + seconds;
    return watched ? nlohmann::json(ValueAt(rss, load_seconds + seconds)) : nlohmann::json(nullptr);
  };
  nlohmann::json samples = nlohmann::json::array();
  for (const gateway_load::Point& point : rss) samples.push_back({point.seconds, point.bytes});
  return {{"requests", latencies.total()},
          {"requests_per_second", requests / load_seconds},
          {"p50_ms", latencies.PercentileMs(50)},
          {"p99_ms", latencies.PercentileMs(99)},
          {"cpu_ms_per_request", outcome.cpu_seconds * 1000 / requests},
          {"load_started", Seconds(outcome.started_ns)},
          {"load_seconds", load_seconds},
          {"rss_base_bytes", ValueAt(rss, 0)},
          {"rss_average_bytes", Average(rss, {0, load_seconds})},
          {"rss_peak_bytes", Peak(rss, {0, load_seconds})},
          {"rss_after_1s_bytes", after(1)},
          {"rss_after_5s_bytes", after(5)},
          {"rss_bytes_by_second", samples}};
}

int Run(const Options& options) {
  const std::vector<std::string> bodies = MakeBodies();
  MemoryWatch watch;
  Outcome outcome;
  gateway_load::Series rss;
  {
    Pool pool(options.threads);
    Receivers receivers;
    for (size_t i = 0; i < options.receivers; ++i) {
      const size_t share = (options.connections + i) / options.receivers;
      receivers.push_back(std::make_unique<Receiver>(share, bodies, pool, latencies));
    }
    RunPlan({.seconds = 0, .requests = 1, .rate = 0}, receivers);
    SleepFor(kSettleSeconds);
    outcome = RunPlan(options.load, receivers);
    SleepFor(options.seconds_after);
    rss = watch.Stop(outcome.started_ns);
  }
  std::printf("%s\n", Report(outcome, rss).dump().c_str());
  return 0;
}

}  // namespace
}  // namespace pool_churn

int main(int argc, char** argv) {
  pool_churn::Options options;
  CLI::App app("A load for the allocator that it runs under: pool threads that block in mid-request.",
               "pool_churn");
  app.add_option("--seconds", options.load.seconds, "Length of the load")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  app.add_option("--requests", options.load.requests, "Length of the load in requests, instead of --seconds");
  app.add_option("--rate", options.load.rate, "Requests per second; 0: a connection's next when it is free")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--after", options.seconds_after, "How long to watch after the load, in seconds")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 600.0));
  app.add_option("--threads", options.threads, "Pool threads")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  app.add_option("--connections", options.connections, "Requests in flight, at most")
      ->capture_default_str()
      ->check(CLI::Range(4, 100000));
  CLI11_PARSE(app, argc, argv);
  return pool_churn::Run(options);
}
