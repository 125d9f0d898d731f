// A comparison as a table of ten lines, and as JSON.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_COMPARISON_TEXT_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_COMPARISON_TEXT_H_

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "governor/cli/launch/comparison.h"

namespace memgov::cli {

void PrintComparison(const Comparison& comparison, std::ostream& out, int width);
nlohmann::json ToJson(const Comparison& comparison);

// One run, also in the output of `check`.
nlohmann::json ToJson(const Trial& trial);

// For JSON of what commands are called: bytes that are no UTF-8 become U+FFFD.
std::string Dump(const nlohmann::json& json);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_COMPARISON_TEXT_H_
