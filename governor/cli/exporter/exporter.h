// The exporter as a program: what it serves, what it writes, until it is told to end.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_EXPORTER_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_EXPORTER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "governor/cli/exporter/scrape.h"
#include "governor/cli/frame/exit_codes.h"

namespace memgov::cli {

// Prometheus' list of default ports (github.com/prometheus/prometheus/wiki/Default-port-allocations) is full
// from 9100 to 9999 and goes on from 10000 upwards; this one is far beyond its end, below Linux' ephemeral
// ports, and IANA has given it to nobody.
inline constexpr const char* kDefaultListen = "127.0.0.1:10646";

struct ExporterOptions {
  std::string listen;    // "": kDefaultListen, unless there is a textfile
  std::string textfile;  // "": none
  std::string interval;  // of the textfile; "": 15s
  bool once = false;     // one page, to the textfile or standard output
  ScrapeOptions scrape;
};

// Ends with SIGTERM or SIGINT, which it blocks in the calling thread.
ExitCode RunExporter(const ExporterOptions& options);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_EXPORTER_H_
