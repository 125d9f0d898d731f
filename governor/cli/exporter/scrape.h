// One scrape: the page of all governed processes that this user may see.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_SCRAPE_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_SCRAPE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "governor/cli/target/processes.h"

namespace memgov::cli {

struct ScrapeOptions {
  bool proportional = false;         // PSS as well
  std::vector<std::string> filters;  // globs (fnmatch(3)) of commands; none: all
  std::string root = "/";            // of proc/ and sys/
};

struct Scrape {
  std::string text;  // Exposition::kContentType
  size_t processes = 0;
  std::vector<std::string> problems;  // files that could not be read, one line each
};

// Finds them and reads them. They pay nothing: no lock of theirs is taken, nothing wakes them (PSS apart).
// About 0.2 ms a process.
Scrape TakeScrape(const ScrapeOptions& options);

// The same of processes that were found before; `started_ns` (CLOCK_MONOTONIC) is what the duration counts
// from.
Scrape ScrapeOf(const std::vector<Governed>& processes, std::vector<std::string> problems,
                const ScrapeOptions& options, int64_t started_ns);

// The command, or its last path component, is matched by one of them, or there are none.
bool MatchesAny(const std::vector<std::string>& globs, const std::string& command);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_SCRAPE_H_
