// Figures as JSON, in the form of docs/metrics.md: seconds are numbers, what is unlimited is null.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_JSON_FIGURES_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_JSON_FIGURES_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {

using Json = nlohmann::ordered_json;

Json JsonOf(uint64_t value, Unit unit);
Json JsonOfBytes(std::optional<uint64_t> bytes);  // nullopt: null, as UINT64_MAX
Json JsonOfSeconds(absl::Duration duration);      // infinite: null

// Without "memgov_".
std::string ShortName(const FigureName& name);
// The text between the quotation marks: of `reason="idle"` idle.
std::string LabelValue(const FigureName& name);

// All figures by their short names, "releases" and "pools".
Json JsonOf(const Reading& reading);

// With a newline at the end; bytes that are no UTF-8 become U+FFFD.
void Print(const Json& json, std::ostream& out);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_JSON_FIGURES_H_
