// The exporter's HTTP server: /metrics, a small page at /, and /-/healthy.
//
// Safety: Bind, then Run on one thread; Stop from any other, once. Scrapes are made one at a time, so that
// many clients cost no more than one core.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_SERVER_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_SERVER_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "governor/cli/exporter/address.h"
#include "governor/cli/exporter/scrape.h"

namespace memgov::cli {

class ExporterServer {
 public:
  explicit ExporterServer(std::function<Scrape()> scrape);
  ~ExporterServer();
  ExporterServer(const ExporterServer&) = delete;
  ExporterServer& operator=(const ExporterServer&) = delete;

  // Puts the port that was given into *address where it asks for any. Errors name --listen: kUnavailable: the
  // port is in use; kInvalidArgument: no such address here; kPermissionDenied.
  absl::Status Bind(Address* address);

  void Run();   // serves until Stop
  void Stop();  // Run comes back when answers under way are out

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_SERVER_H_
