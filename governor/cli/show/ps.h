// memgov ps: all governed processes, a line each.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_PS_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_PS_H_

#include <ostream>
#include <string>
#include <vector>

#include "governor/cli/show/json_figures.h"
#include "governor/cli/show/process_row.h"

namespace memgov::cli {

struct PsOptions {
  std::string sort = "rss";
  bool with_pss = false;
  bool json = false;
};

void PrintPs(const std::vector<ProcessRow>& rows, bool with_pss, int width, std::ostream& out);
Json PsJson(const std::vector<ProcessRow>& rows, const std::vector<std::string>& problems);

// The exit status.
int RunPs(const PsOptions& options);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_PS_H_
