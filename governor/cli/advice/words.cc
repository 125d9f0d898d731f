// What the forms of advice share.
#include <cctype>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "governor/cli/advice/render.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

constexpr size_t kColumns = 78;
// RFC 1123 labels have 63 at most; Kubernetes adds suffixes of its own to names of pods.
constexpr size_t kMostNameBytes = 40;

}  // namespace

std::string SourceOf(const Advice& advice) {
  const Measurement& seen = advice.seen;
  const std::string time = cli::FormatDuration(absl::Seconds(seen.seconds));
  if (seen.one_look) return absl::StrCat("one look at ", seen.source, ", which has lived ", time);
  return absl::StrCat(seen.source, ": ", seen.samples, " samples in ", time, ", one each ",
                      cli::FormatDuration(absl::Seconds(seen.interval_s)));
}

std::string ServiceName(std::string_view command) {
  const size_t slash = command.rfind('/');
  if (slash != std::string_view::npos) command.remove_prefix(slash + 1);
  std::string name;
  for (const char letter : command) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = byte < 0x80 && std::isalnum(byte) != 0;
    if (plain) name += static_cast<char>(std::tolower(byte));
    if (!plain && !name.empty() && name.back() != '-') name += '-';
    if (name.size() == kMostNameBytes) break;
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "gateway" : name;
}

std::string Wrapped(std::string_view text, std::string_view first, std::string_view indent) {
  std::string out(first);
  size_t column = first.size();
  bool line_is_empty = true;
  const std::string copy(text);
  for (const absl::string_view word : absl::StrSplit(copy, ' ', absl::SkipEmpty())) {
    if (!line_is_empty && column + 1 + word.size() > kColumns) {
      absl::StrAppend(&out, "\n", std::string(indent));
      column = indent.size();
      line_is_empty = true;
    }
    absl::StrAppend(&out, line_is_empty ? "" : " ", word);
    column += word.size() + (line_is_empty ? 0 : 1);
    line_is_empty = false;
  }
  return out + "\n";
}

std::string YamlString(std::string_view text) {
  return nlohmann::json(std::string(text)).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace memgov::cli
