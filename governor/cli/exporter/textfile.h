// The page as a file, for node_exporter's textfile collector.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_TEXTFILE_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_TEXTFILE_H_

#include <string>

#include "absl/status/status.h"

namespace memgov::cli {

// Whoever reads `path` sees the old page or the new one, whole: it is written under a temporary name beside
// it
// (".<name>.XXXXXX": the collector reads "*.prom" only) and renamed. Readable for all, as umask allows.
// Errors name --textfile and the file; nothing is left behind.
absl::Status WriteTextfile(const std::string& path, const std::string& text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_TEXTFILE_H_
