// Names and labels as Prometheus' text format 0.0.4 wants them
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
//
// Safety: pure functions; whatever bytes they get, what they return is valid.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_LABELS_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_LABELS_H_

#include <optional>
#include <string>
#include <string_view>

namespace memgov::cli {

// name="value". Bytes that are no UTF-8 and control characters are spelt out, \xNN, as docs/metrics.md says.
std::string LabelText(std::string_view name, std::string_view value);

// A figure's name that another process wrote: "memgov_" and lower-case words, none that this exporter gives
// figures of its own, none that ends as a histogram's parts do.
bool IsFigureName(std::string_view name);

// Labels that another process wrote, `reason="idle",kind="x"`, anew; "" for none. nullopt: no such list, or a
// name that is the exporter's to give (pid, command, pool) or Prometheus' own.
std::optional<std::string> CheckedLabels(std::string_view labels);

// `a,b`, or the one that is not empty.
std::string JoinLabels(const std::string& first, const std::string& second);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_LABELS_H_
