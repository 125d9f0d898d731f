// The options that run, try and check share.
//
// CLI11 is slow to compile: only files that add commands include this.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_LAUNCH_OPTIONS_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_LAUNCH_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "governor/cli/launch/command_words.h"
#include "governor/cli/launch/settings.h"

namespace memgov::cli {

struct LaunchOptions {
  Settings settings;
  std::vector<std::string> command;
  const CLI::App* parsed_by = nullptr;
};

inline void AddLaunchOptions(CLI::App& command, LaunchOptions& options) {
  command
      .add_option("--engine", options.settings.engine,
                  "Engine to preload (default: libmemgov.so, or what MEMGOV_ENGINE names)")
      ->check(CLI::IsMember({"arena", "mimalloc", "system"}));
  command
      .add_option("--budget", options.settings.budget,
                  "MEMGOV_BUDGET: auto, off, bytes such as 512M, or percent of the container")
      ->type_name("BYTES");
  command.add_option("--pools", options.settings.pools, "MEMGOV_POOLS: \"tokio-*=io:512M;parse-*=json\"")
      ->type_name("RULES");
  command.add_option("COMMAND", options.command, "What to start, behind --")->required();
  // Options of a command without -- before it are refused by CommandWords, which says what to do.
  command.allow_extras();
  options.parsed_by = &command;
}

inline absl::StatusOr<std::vector<std::string>> WordsOf(const LaunchOptions& options) {
  return CommandWords(OwnArguments(), options.command, options.parsed_by->remaining());
}

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_LAUNCH_OPTIONS_H_
