// What a process' stats segment says, as metrics. The segment names its figures itself, so those of another
// version of memgov are there, too; nothing in it is believed.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_SEGMENT_FAMILIES_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_SEGMENT_FAMILIES_H_

#include <string>

#include "governor/cli/exporter/exposition.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {

// `labels`: the process' own, pid and command. Nothing but memgov_figures_timestamp_seconds, at 0, where no
// figures have been written yet.
void AddSegmentFamilies(const Reading& reading, const std::string& labels, Exposition& page);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_SEGMENT_FAMILIES_H_
