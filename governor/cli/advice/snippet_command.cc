#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "governor/cli/advice/commands.h"
#include "governor/cli/advice/snippet.h"
#include "governor/cli/frame/exit_codes.h"

namespace memgov::cli {

void AddSnippet(CLI::App& tool, int* exit_status) {
  CLI::App* command = tool.add_subcommand("snippet", "Text to paste that puts memgov into a service");
  auto request = std::make_shared<SnippetRequest>();
  command->add_option("KIND", request->kind, "Of what kind the service is")
      ->required()
      ->check(CLI::IsMember(SnippetKinds()));
  CLI::Option* engine = command->add_option("--engine", request->engine, "Another engine than the default")
                            ->check(CLI::IsMember({"arena", "mimalloc", "system"}));
  command->add_option("--library", request->object, "The object's absolute path; unset: it is found")
      ->type_name("FILE")
      ->excludes(engine);
  command->callback([request, exit_status] {
    const absl::StatusOr<std::string> snippet = Snippet(*request);
    if (!snippet.ok()) {
      *exit_status = Fail(snippet.status());
      return;
    }
    std::cout << *snippet;
    *exit_status = kOk;
  });
}

}  // namespace memgov::cli
