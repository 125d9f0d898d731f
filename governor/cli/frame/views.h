// Debian builds Abseil for C++14, where absl::string_view is a class of its own and does not convert.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_VIEWS_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_VIEWS_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace memgov::cli {

inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_VIEWS_H_
