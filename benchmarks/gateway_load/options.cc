#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace gateway_load {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSmallestBody = 128;
constexpr size_t kLargestBody = 64 << 20;

// What CLI11 fills, before it is looked at more closely.
struct Raw {
  std::string gateway;
  std::string body = "200K";
  std::vector<std::string> names;
  std::vector<std::string> extra;
  std::string memgov_folder;
  bool no_live = false;
  std::string live_under = "glibc";
};

[[noreturn]] void Refuse(const std::string& why) {
  std::cerr << "gateway_load: " << why << "\n";
  std::exit(2);
}

std::optional<fs::path> BesideThisProgram(const char* relative) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path& base : {folder, folder.parent_path(), folder.parent_path().parent_path()}) {
    if (fs::exists(base / relative, error)) return fs::canonical(base / relative, error);
  }
  return std::nullopt;
}

absl::StatusOr<size_t> ParseBytes(absl::string_view text) {
  size_t unit = 1;
  if (!text.empty() && (text.back() == 'K' || text.back() == 'M')) {
    unit = text.back() == 'K' ? 1 << 10 : 1 << 20;
    text.remove_suffix(1);
  }
  size_t count = 0;
  if (!absl::SimpleAtoi(text, &count) || count > kLargestBody)
    return absl::InvalidArgumentError("not a size");
  return count * unit;
}

void AddLoadOptions(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--gateway", raw.gateway,
                 "Command of the server, split at blanks (or: -- COMMAND ARGUMENTS)");
  app.add_option("--port", options.shape.port, "Port the server listens on; 0: the one it prints")
      ->check(CLI::Range(0, 65535));
  app.add_flag(
      "--self-driven", options.shape.self_driven,
      "The command brings its own load (default: pool_churn); it gets --seconds, --requests, --rate and "
      "--after and prints a line of JSON");
  app.add_option("--path", options.shape.path, "Path to POST to")->capture_default_str();
  app.add_option("--body", raw.body, "Size of the JSON bodies: 200K, or a range 1K-200K")
      ->capture_default_str();
  app.add_option("--concurrency", options.shape.concurrency, "Keep-alive connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 10000));
  app.add_option("--seconds", options.shape.seconds, "Length of the load")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 3600.0));
  app.add_option("--requests", options.shape.requests,
                 "Length of the load in requests, instead of --seconds");
  app.add_option("--rate", options.shape.rate,
                 "Requests per second; 0: a connection sends its next when it has its answer")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--after", options.shape.seconds_after, "How long to watch after the load, in seconds")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 600.0));
}

void AddChoiceOptions(CLI::App& app, Options& options, Raw& raw) {
  app.add_option("--allocators", raw.names, "Only these, in this order: glibc,jemalloc,...")->delimiter(',');
  app.add_option("--allocator", raw.extra, "One more: NAME=OBJECT[,VARIABLE=VALUE...]; repeatable")
      ->allow_extra_args(false);
  app.add_option("--memgov-folder", raw.memgov_folder, "Folder of libmemgov*.so, if not beside this build")
      ->check(CLI::ExistingDirectory);
  app.add_option("--runs", options.runs, "Interleaved runs (A B C A B C ...): medians and spread")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--scale", options.scale, "sweep: share of the classic numbers of requests")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 1.0));
  app.add_flag("--no-live", raw.no_live, "Leave the counting pass out");
  app.add_option("--live-under", raw.live_under, "Allocator of the counting pass")->capture_default_str();
  app.add_option("--json", options.json, "File for the figures and all samples");
  app.add_option("--svg", options.svg, "compare: file for the chart");
}

void ChooseCommand(const Raw& raw, const std::vector<std::string>& after_dashes, Options& options) {
  options.shape.command = after_dashes;
  if (!after_dashes.empty()) return;
  if (!raw.gateway.empty()) {
    options.shape.command = absl::StrSplit(raw.gateway, ' ', absl::SkipEmpty());
    return;
  }
  const char* const usual =
      options.shape.self_driven ? "pool_churn/pool_churn" : "examples/llm_gateway/llm_gateway";
  const auto found = BesideThisProgram(usual);
  if (!found) Refuse(absl::StrCat("no ", usual, " beside this build: give --gateway or -- COMMAND"));
  options.shape.command = {found->string()};
}

void ChooseAllocators(const Raw& raw, Options& options) {
  SearchPath path = DefaultSearchPath();
  if (!raw.memgov_folder.empty()) path.memgov = {raw.memgov_folder};
  AllocatorSearch search = FindAllocators(path);
  std::vector<std::string> names = raw.names;
  for (const std::string& text : raw.extra) {
    absl::StatusOr<Allocator> extra = ParseAllocator(text);
    if (!extra.ok()) Refuse(absl::StrCat("--allocator: ", extra.status().message()));
    if (!names.empty()) names.push_back(extra->name);
    search.found.push_back(*std::move(extra));
  }
  absl::StatusOr<std::vector<Allocator>> selected = Select(search, names);
  if (!selected.ok()) Refuse(absl::StrCat("--allocators: ", selected.status().message()));
  options.allocators = *std::move(selected);
  absl::StatusOr<std::vector<Allocator>> counted = Select(search, {raw.live_under});
  if (!counted.ok()) Refuse(absl::StrCat("--live-under: ", counted.status().message()));
  options.live_under = counted->front();
  if (names.empty()) options.absent = search.absent;
}

void ChooseCounting(const Raw& raw, Options& options) {
  if (raw.no_live) {
    options.why_no_counting = "not counted (--no-live)";
  } else if (const auto found = BesideThisProgram("counting/libcounting.so")) {
    options.counting = *found;
  } else {
    options.why_no_counting = "not counted: no counting/libcounting.so beside this build";
  }
}

// Better known now than after minutes of measuring.
void CheckWritable(const char* option, const fs::path& path) {
  if (path.empty()) return;
  if (!std::ofstream(path, std::ios::app)) Refuse(absl::StrCat(option, ": cannot write ", path.string()));
}

}  // namespace

absl::StatusOr<BodySizes> ParseBodySizes(const std::string& text) {
  const std::vector<std::string> ends = absl::StrSplit(text, absl::MaxSplits('-', 1));
  const absl::StatusOr<size_t> smallest = ParseBytes(ends.front());
  const absl::StatusOr<size_t> largest = ParseBytes(ends.back());
  const bool good = smallest.ok() && largest.ok() && *smallest >= kSmallestBody && *smallest <= *largest &&
                    *largest <= kLargestBody;
  if (good) return BodySizes{.smallest = *smallest, .largest = *largest};
  return absl::InvalidArgumentError(absl::StrCat("'", text,
                                                 "' is not a size like 200K nor a range like 1K-200K, ",
                                                 kSmallestBody, " bytes to ", kLargestBody >> 20, "M"));
}

Options ParseOptions(int argc, char** argv) {
  Options options;
  Raw raw;
  CLI::App app(
      "Drives a gateway with HTTP load under one allocator after the other, and watches its memory.\n"
      "The gateway is examples/llm_gateway, or any command after --: gateway_load --port 8080 -- COMMAND "
      "ARGUMENTS",
      "gateway_load");
  char** const dashes = std::find_if(argv, argv + argc,
                                     [](const char* argument) { return std::string_view(argument) == "--"; });
  const std::vector<std::string> after_dashes(dashes == argv + argc ? dashes : dashes + 1, argv + argc);
  CLI::App* const compare = app.add_subcommand("compare", "One load, all allocators (the default)");
  CLI::App* const sweep =
      app.add_subcommand("sweep", "Tables over concurrency, body size and number of requests");
  app.require_subcommand(0, 1);
  compare->fallthrough();
  sweep->fallthrough();
  AddLoadOptions(app, options, raw);
  AddChoiceOptions(app, options, raw);
  try {
    app.parse(static_cast<int>(dashes - argv), argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    std::exit(status == 0 ? 0 : 2);
  }
  if (*sweep) options.mode = Options::Mode::kSweep;
  absl::StatusOr<BodySizes> sizes = ParseBodySizes(raw.body);
  if (!sizes.ok()) Refuse(absl::StrCat("--body: ", sizes.status().message()));
  options.shape.sizes = *sizes;
  CheckWritable("--json", options.json);
  CheckWritable("--svg", options.svg);
  ChooseCommand(raw, after_dashes, options);
  ChooseAllocators(raw, options);
  ChooseCounting(raw, options);
  return options;
}

}  // namespace gateway_load
