#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "governor/cli/advice/advise.h"
#include "governor/cli/advice/commands.h"
#include "governor/cli/frame/exit_codes.h"

namespace memgov::cli {

void AddAdvise(CLI::App& tool, int* exit_status) {
  CLI::App* command = tool.add_subcommand("advise", "Limits, budgets and workers, by what was measured");
  auto request = std::make_shared<AdviseRequest>();
  command
      ->add_option("FILE|PID", request->what, "A recording, -: standard input; or a process to look at once")
      ->required();
  command->add_option("--format", request->format, "What to print")
      ->check(CLI::IsMember({"text", "compose", "k8s", "systemd"}))
      ->capture_default_str();
  command->add_option("--headroom", request->headroom, "Limit above the peak: 15%; unset: 10% to 20%")
      ->type_name("PERCENT");
  command->add_option("--workers", request->workers, "Size for so many workers like the measured one")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--json", request->json, "All figures as JSON, whatever the format");
  command->callback([request, exit_status] {
    const absl::StatusOr<std::string> advice = Advise(*request);
    if (!advice.ok()) {
      *exit_status = Fail(advice.status());
      return;
    }
    std::cout << *advice;
    *exit_status = kOk;
  });
}

}  // namespace memgov::cli
