#include <CLI/CLI.hpp>
#include <memory>

#include "governor/cli/exporter/commands.h"
#include "governor/cli/exporter/exporter.h"

namespace memgov::cli {

void AddExporter(CLI::App& tool, int* exit_status) {
  auto options = std::make_shared<ExporterOptions>();
  CLI::App* const command =
      tool.add_subcommand("exporter", "Serve the figures of all governed processes to Prometheus");
  command->add_option("--listen", options->listen, "ADDRESS:PORT to serve on; port 0: any that is free")
      ->type_name("ADDRESS:PORT")
      ->default_str(kDefaultListen);
  command
      ->add_option("--textfile", options->textfile,
                   "Write the page to FILE (*.prom), for node_exporter; serve only with --listen, too")
      ->type_name("FILE");
  command->add_option("--interval", options->interval, "How often --textfile is written, 1s to 1h")
      ->type_name("TIME")
      ->default_str("15s");
  command->add_flag("--once", options->once, "One page, to --textfile or standard output, and end");
  command->add_flag("--pss", options->scrape.proportional,
                    "PSS as well: slow on big processes, and holds their mmap lock meanwhile");
  command
      ->add_option("--filter", options->scrape.filters,
                   "Only processes whose command matches GLOB; may be given more than once")
      ->type_name("GLOB")
      ->take_all();
  command->callback([options, exit_status] { *exit_status = RunExporter(*options); });
}

}  // namespace memgov::cli
