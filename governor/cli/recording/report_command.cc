#include <sys/random.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/commands.h"
#include "governor/cli/recording/page.h"
#include "governor/cli/recording/report.h"
#include "governor/cli/recording/summary.h"

namespace memgov::cli {
namespace {

struct Options {
  std::string recording;
  std::string output;
  bool json = false;
};

// 128 bits, as the Content Security Policy's standard asks for (https://www.w3.org/TR/CSP3/#security-nonces).
std::string MakeNonce() {
  char bytes[16] = {};
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes) return "";
  return absl::BytesToHexString(std::string(bytes, sizeof bytes));
}

int RunReport(const Options& options) {
  const absl::StatusOr<Recording> recording = ReadForReport(options.recording);
  if (!recording.ok()) return Fail(recording.status());
  const Summary summary = Summarise(*recording);
  if (options.json) {
    std::cout << ToJson(*recording, summary).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
              << "\n";
    if (options.output.empty()) return kOk;
  }
  const std::string path =
      options.output.empty() ? PageBeside(options.recording, recording->pid) : options.output;
  const absl::Status written = WritePage(path, MakePage(*recording, summary, MakeNonce()));
  if (!written.ok()) return Fail(written);
  if (options.json || path == "-") return kOk;
  for (const std::string& sentence : InWords(*recording, summary)) std::cout << Printable(sentence) << "\n";
  std::cout << "Page: " << Printable(path) << "\n";
  return kOk;
}

}  // namespace

void AddReport(CLI::App& tool, int* exit_status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = tool.add_subcommand("report", "Make a page with charts of a recording");
  command->add_option("FILE", options->recording, "What memgov record wrote; -: standard input")->required();
  command->add_option("-o,--output", options->output,
                      "The page; default: FILE with the ending .html, memgov-PID.html of standard input; -: "
                      "standard output");
  command->add_flag("--json", options->json, "Print the summary as JSON; no page without --output");
  command->callback([options, exit_status] { *exit_status = RunReport(*options); });
}

}  // namespace memgov::cli
