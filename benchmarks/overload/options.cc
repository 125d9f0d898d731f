#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace overload {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLeastLimit = 16 << 20;
constexpr uint64_t kMostLimit = uint64_t{1} << 40;
constexpr uint64_t kLeastBody = 1 << 10;
constexpr uint64_t kMostBody = 4 << 20;  // what the gateway takes
// cpp-httplib waits with select(2), which knows descriptors below 1024.
constexpr int kMostConnections = 900;

// What CLI11 fills, before it is looked at more closely.
struct Raw {
  std::string gateway;
  int upstream_ms = 100;
  std::string body = "1536K";
  std::string limit = "256M";
  std::string roomy = "1G";
  bool no_roomy = false;
  std::vector<std::string> names = {"glibc", "memgov"};
  std::string object;
};

[[noreturn]] void Refuse(const std::string& why) {
  std::cerr << "overload: " << why << "\n";
  std::exit(2);
}

uint64_t BytesOf(const char* option, const std::string& text, uint64_t least, uint64_t most) {
  const absl::StatusOr<uint64_t> bytes = ParseBytes(text);
  if (bytes.ok() && *bytes >= least && *bytes <= most) return *bytes;
  Refuse(absl::StrCat(option, ": '", text, "' is not a size from ", least >> 10, "K to ", most >> 10, "K"));
}

void AddLoadOptions(CLI::App& app, Options& options, Raw& raw) {
  ClientPlan& load = options.load;
  app.add_option("--connections", load.connections, "Clients, each with a connection of its own")
      ->capture_default_str()
      ->check(CLI::Range(1, kMostConnections));
  app.add_option("--body", raw.body, "Size of the JSON bodies")->capture_default_str();
  app.add_option("--seconds", load.seconds, "Length of the load")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  app.add_option("--refused-wait", load.refused_wait_seconds,
                 "Seconds, times 0.5 to 1.5, that a client waits after a 503")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 60.0));
  app.add_flag("--obey-retry-after", load.obey_retry_after,
               "Clients wait what Retry-After says, times 1 to 1.5, instead");
  app.add_option("--upstream-ms", raw.upstream_ms, "Time that the gateway's upstream takes, in milliseconds")
      ->capture_default_str()
      ->check(CLI::Range(0, 60000));
  app.add_option("--gateway", raw.gateway, "llm_gateway, if not beside this build")->check(CLI::ExistingFile);
}

void AddLimitOptions(CLI::App& app, Options& options, Raw& raw) {
  const std::map<std::string, Options::LimitBy> kinds = {{"cgroup", Options::LimitBy::kCgroup},
                                                         {"budget", Options::LimitBy::kBudget},
                                                         {"auto", Options::LimitBy::kAuto}};
  app.add_option("--limit", raw.limit, "Memory limit under overload")->capture_default_str();
  app.add_option("--roomy-limit", raw.roomy, "Memory limit of the run to compare with")
      ->capture_default_str();
  app.add_flag("--no-roomy", raw.no_roomy, "Leave that run out");
  app.add_option("--limit-by", options.limit_by,
                 "cgroup: a memory cgroup, or exit with 77 where none may be made; budget: MEMGOV_BUDGET, no "
                 "cgroup; auto: budget where no cgroup may be made")
      ->transform(CLI::CheckedTransformer(kinds));
  app.add_option("--allocators", raw.names, "Which, of those that gateway_load knows")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--object", raw.object, "libmemgov*.so to preload as 'memgov', if not beside this build")
      ->check(CLI::ExistingFile);
  app.add_option("--runs", options.runs, "Interleaved runs; one table at the end")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_flag("--judge", options.judge, "Exit with 1 when a bar is missed");
  app.add_option("--json", options.json, "File for the figures of every run");
}

std::optional<fs::path> GatewayBesideThisProgram() {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path gateway = folder.parent_path().parent_path() / "examples/llm_gateway/llm_gateway";
  if (!fs::exists(gateway, error)) return std::nullopt;
  return gateway;
}

// As many threads of each kind as clients, so that nothing but memory and processors holds a request back.
void ChooseCommand(const Raw& raw, Options& options) {
  const std::optional<fs::path> gateway =
      raw.gateway.empty() ? GatewayBesideThisProgram() : fs::absolute(raw.gateway);
  if (!gateway) Refuse("no examples/llm_gateway/llm_gateway beside this build: give --gateway");
  const int connections = options.load.connections;
  options.command = {gateway->string(), absl::StrCat("--connections=", connections + 1),
                     absl::StrCat("--threads=", connections), absl::StrCat("--upstream_ms=", raw.upstream_ms),
                     absl::StrCat("--jitter_ms=", raw.upstream_ms / 4)};
}

void ChooseAllocators(const Raw& raw, Options& options) {
  gateway_load::AllocatorSearch search = gateway_load::FindAllocators(gateway_load::DefaultSearchPath());
  if (!raw.object.empty()) {
    std::erase_if(search.found, [](const auto& allocator) { return allocator.name == "memgov"; });
    absl::StatusOr<gateway_load::Allocator> given =
        gateway_load::ParseAllocator(absl::StrCat("memgov=", raw.object));
    if (!given.ok()) Refuse(absl::StrCat("--object: ", given.status().message()));
    search.found.push_back(*std::move(given));
  }
  // FindAllocators leaves "memgov" out where it is a copy of the arena engine's object.
  const auto named = [&search](const char* name) {
    return std::find_if(search.found.begin(), search.found.end(),
                        [name](const auto& allocator) { return allocator.name == name; });
  };
  if (named("memgov") == search.found.end() && named("memgov-arena") != search.found.end()) {
    gateway_load::Allocator copy = *named("memgov-arena");
    copy.name = "memgov";
    search.found.push_back(copy);
  }
  absl::StatusOr<std::vector<gateway_load::Allocator>> selected = gateway_load::Select(search, raw.names);
  if (!selected.ok()) Refuse(absl::StrCat("--allocators: ", selected.status().message()));
  options.allocators = *std::move(selected);
}

}  // namespace

absl::StatusOr<uint64_t> ParseBytes(const std::string& text) {
  absl::string_view digits = text;
  int shift = 0;
  constexpr absl::string_view kUnits = "KMG";
  if (!digits.empty() && kUnits.find(digits.back()) != absl::string_view::npos) {
    shift = 10 * (static_cast<int>(kUnits.find(digits.back())) + 1);
    digits.remove_suffix(1);
  }
  uint64_t count = 0;
  const bool good = !digits.empty() && absl::ascii_isdigit(static_cast<unsigned char>(digits.front())) &&
                    absl::SimpleAtoi(digits, &count) && count <= UINT64_MAX >> shift;
  if (!good) return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not a size"));
  return count << shift;
}

Options ParseOptions(int argc, char** argv) {
  Options options;
  Raw raw;
  CLI::App app(
      "Asks more of the example gateway than its memory limit holds, from outside of the limit: who is "
      "killed, and who "
      "sheds what does not fit?",
      "overload");
  AddLoadOptions(app, options, raw);
  AddLimitOptions(app, options, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? 0 : 2);
  }
  const uint64_t body = BytesOf("--body", raw.body, kLeastBody, kMostBody);
  options.load.sizes = {.smallest = body, .largest = body};
  options.limit_bytes = BytesOf("--limit", raw.limit, kLeastLimit, kMostLimit);
  options.roomy_bytes = BytesOf("--roomy-limit", raw.roomy, kLeastLimit, kMostLimit);
  options.roomy = !raw.no_roomy;
  if (!options.json.empty() && !std::ofstream(options.json, std::ios::app)) {
    Refuse(absl::StrCat("--json: cannot write ", options.json.string()));
  }
  ChooseCommand(raw, options);
  ChooseAllocators(raw, options);
  return options;
}

}  // namespace overload
