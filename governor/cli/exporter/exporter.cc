#include "governor/cli/exporter/exporter.h"

#include <signal.h>

#include <iostream>
#include <memory>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "governor/cli/exporter/address.h"
#include "governor/cli/exporter/server.h"
#include "governor/cli/exporter/textfile.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/times.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kDefaultInterval = absl::Seconds(15);
constexpr absl::Duration kShortest = absl::Seconds(1);
constexpr absl::Duration kLongest = absl::Hours(1);

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Other names it leaves alone, and says nothing.
absl::Status CheckTextfile(const std::string& path) {
  if (path.empty() || absl::EndsWith(path, ".prom")) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "--textfile ", Printable(path), ": node_exporter reads only files whose names end in .prom"));
}

absl::Status CheckTogether(const ExporterOptions& options) {
  if (options.once && !options.listen.empty())
    return absl::InvalidArgumentError("--once: does not serve; leave out --listen");
  if (!options.interval.empty() && (options.textfile.empty() || options.once))
    return absl::InvalidArgumentError("--interval: is that of --textfile without --once");
  return absl::OkStatus();
}

ExitCode RunOnce(const ExporterOptions& options) {
  const Scrape scrape = TakeScrape(options.scrape);
  for (const std::string& problem : scrape.problems) std::cerr << "memgov: " << Printable(problem) << "\n";
  if (!options.textfile.empty()) {
    const absl::Status written = WriteTextfile(options.textfile, scrape.text);
    return written.ok() ? kOk : Fail(written);
  }
  std::cout << scrape.text << std::flush;
  return std::cout ? kOk : Fail(absl::UnavailableError("standard output: cannot be written"));
}

// The first page decides whether the file can be written at all; what fails later is said once, and tried
// again: a full disk is no reason to end.
ExitCode WriteUntilSignal(const ExporterOptions& options, absl::Duration interval) {
  const sigset_t signals = EndSignals();
  const timespec patience = absl::ToTimespec(interval);
  absl::Status before = WriteTextfile(options.textfile, TakeScrape(options.scrape).text);
  if (!before.ok()) return Fail(before);
  while (sigtimedwait(&signals, nullptr, &patience) < 0) {
    absl::Status now = WriteTextfile(options.textfile, TakeScrape(options.scrape).text);
    if (!now.ok() && now != before) Fail(now);
    before = std::move(now);
  }
  return kOk;
}

ExitCode WaitForSignal() {
  const sigset_t signals = EndSignals();
  int signal = 0;
  sigwait(&signals, &signal);
  return kOk;
}

// Serves on a thread beside the one that writes or waits.
ExitCode Serve(const ExporterOptions& options, absl::Duration interval) {
  absl::StatusOr<Address> address = ParseAddress(options.listen.empty() ? kDefaultListen : options.listen);
  if (!address.ok()) return Fail(address.status());
  ExporterServer server([&options] { return TakeScrape(options.scrape); });
  if (const absl::Status bound = server.Bind(&*address); !bound.ok()) return Fail(bound);
  std::thread serving([&server] { server.Run(); });
  std::cerr << "memgov: metrics at http://" << address->Text() << "/metrics\n";
  const ExitCode code = options.textfile.empty() ? WaitForSignal() : WriteUntilSignal(options, interval);
  server.Stop();
  serving.join();
  return code;
}

}  // namespace

ExitCode RunExporter(const ExporterOptions& options) {
  if (const absl::Status together = CheckTogether(options); !together.ok()) return Fail(together);
  if (const absl::Status name = CheckTextfile(options.textfile); !name.ok()) return Fail(name);
  if (options.once) return RunOnce(options);
  absl::Duration interval = kDefaultInterval;
  if (!options.interval.empty()) {
    const absl::StatusOr<absl::Duration> parsed =
        ParseTime(options.interval, "--interval", kShortest, kLongest);
    if (!parsed.ok()) return Fail(parsed.status());
    interval = *parsed;
  }
  // Before any thread, so that all have them blocked and none but sigwait takes them.
  const sigset_t signals = EndSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (!options.textfile.empty() && options.listen.empty()) return WriteUntilSignal(options, interval);
  return Serve(options, interval);
}

}  // namespace memgov::cli
