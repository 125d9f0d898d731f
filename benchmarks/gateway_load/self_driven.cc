#include "self_driven.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clock.h"
#include "process.h"
#include "process_family.h"

namespace gateway_load {
namespace {

using nlohmann::json;

// Beyond what it was asked for: to start, to answer what is in flight, to end.
constexpr double kGraceSeconds = 60;
constexpr double kLookSeconds = 0.1;

std::vector<std::string> CommandFor(const LoadShape& shape) {
  std::vector<std::string> command = shape.command;
  command.push_back(absl::StrCat("--seconds=", shape.seconds));
  command.push_back(absl::StrCat("--requests=", shape.requests));
  command.push_back(absl::StrCat("--rate=", shape.rate));
  command.push_back(absl::StrCat("--after=", shape.seconds_after));
  return command;
}

}  // namespace

absl::StatusOr<TimedPass> ParseSelfDriven(const std::string& line) {
  const json said = json::parse(line, nullptr, false);
  if (!said.is_object()) return absl::InvalidArgumentError("it printed no line of JSON");
  TimedPass timed;
  PassResult& pass = timed.pass;
  const std::pair<const char*, double*> figures[] = {{"requests_per_second", &pass.requests_per_second},
                                                     {"p50_ms", &pass.p50_ms},
                                                     {"p99_ms", &pass.p99_ms},
                                                     {"cpu_ms_per_request", &pass.server_cpu_ms_per_request},
                                                     {"rss_base_bytes", &pass.base_bytes},
                                                     {"load_seconds", &pass.load_seconds},
                                                     {"load_started", &timed.load_started}};
  for (const auto& [key, figure] : figures) {
    if (!said.contains(key) || !said[key].is_number()) {
      return absl::InvalidArgumentError(absl::StrCat("its JSON has no number '", key, "'"));
    }
    *figure = said[key].get<double>();
  }
  if (!said.contains("requests") || !said["requests"].is_number_unsigned()) {
    return absl::InvalidArgumentError("its JSON has no count 'requests'");
  }
  pass.requests = said["requests"].get<uint64_t>();
  for (const json& pair : said.value("rss_bytes_by_second", json::array())) {
    if (pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number()) {
      return absl::InvalidArgumentError(
          "its 'rss_bytes_by_second' holds something else than pairs of numbers");
    }
    pass.rss.push_back({pair[0].get<double>(), pair[1].get<double>()});
  }
  if (pass.rss.empty()) return absl::InvalidArgumentError("its JSON has no 'rss_bytes_by_second'");
  return timed;
}

absl::StatusOr<TimedPass> RunSelfDriven(const Allocator& allocator, const LoadShape& shape,
                                        const std::string& title, Progress& progress) {
  auto process = ProcessUnderTest::Start(
      {.command = CommandFor(shape), .port = 0, .allocator = allocator, .serves = false});
  if (!process.ok()) return process.status();
  const double started = Now();
  const double deadline = started + shape.seconds + shape.seconds_after + kGraceSeconds;
  while ((*process)->Check().ok()) {
    if (shape.requests == 0 && Now() > deadline) return absl::DeadlineExceededError("it does not end");
    progress.Show(absl::StrFormat("%s: %.0f s, RSS %.0f MiB", title, Now() - started,
                                  ResidentBytes(FamilyOf((*process)->pid())) / (1 << 20)));
    SleepSeconds(kLookSeconds);
  }
  if (absl::Status ended = (*process)->Ended(); !ended.ok()) return ended;
  return ParseSelfDriven((*process)->Output());
}

}  // namespace gateway_load
