// Text into HTML and SVG, whatever is in it.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_HTML_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_HTML_H_

#include <string>
#include <string_view>

namespace memgov::cli {

// For text and quoted attributes. Control characters and what is no UTF-8 are spelt out (Printable).
std::string Html(std::string_view text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_HTML_H_
