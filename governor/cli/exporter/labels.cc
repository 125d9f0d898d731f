#include "governor/cli/exporter/labels.h"

#include <algorithm>
#include <set>

#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

constexpr size_t kMostNameBytes = 100;
constexpr size_t kMostLabels = 4;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsWordCharacter(char c) { return IsLower(c) || (c >= '0' && c <= '9') || c == '_'; }

bool IsWord(std::string_view name) {
  return !name.empty() && name.size() <= kMostNameBytes && IsLower(name.front()) &&
         std::ranges::all_of(name, IsWordCharacter);
}

// Of its own, of the target or of Prometheus: exported labels that would clash with those become
// "exported_..." on the server, and look like another process' figures.
bool IsReservedLabel(std::string_view name) {
  for (const std::string_view reserved :
       {"pid", "command", "pool", "cgroup", "instance", "job", "le", "quantile"}) {
    if (name == reserved) return true;
  }
  return false;
}

// The value from behind its first quotation mark on; takes it and its last mark off `text`.
std::optional<std::string> TakeValue(std::string_view& text) {
  std::string value;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return value;
    }
    if (text[at] != '\\') {
      value.push_back(text[at]);
      continue;
    }
    if (++at == text.size()) return std::nullopt;
    value.push_back(text[at] == 'n' ? '\n' : text[at]);
  }
  return std::nullopt;
}

}  // namespace

std::string LabelText(std::string_view name, std::string_view value) {
  std::string text(name);
  text += "=\"";
  for (const char c : Printable(value)) {
    if (c == '"' || c == '\\') text.push_back('\\');
    text.push_back(c);
  }
  text.push_back('"');
  return text;
}

bool IsFigureName(std::string_view name) {
  if (!IsWord(name) || !name.starts_with("memgov_")) return false;
  for (const std::string_view own : {"memgov_exporter_", "memgov_process_", "memgov_cgroup_memory_",
                                     "memgov_figures_", "memgov_governor_start"}) {
    if (name.starts_with(own)) return false;
  }
  for (const std::string_view part : {"_count", "_sum", "_bucket", "_info"}) {
    if (name.ends_with(part)) return false;
  }
  return true;
}

std::optional<std::string> CheckedLabels(std::string_view labels) {
  std::string checked;
  std::set<std::string_view> names;
  while (!labels.empty()) {
    const size_t equals = labels.find("=\"");
    if (equals == std::string_view::npos || names.size() == kMostLabels) return std::nullopt;
    const std::string_view name = labels.substr(0, equals);
    if (!IsWord(name) || IsReservedLabel(name) || !names.insert(name).second) return std::nullopt;
    labels.remove_prefix(equals + 2);
    const std::optional<std::string> value = TakeValue(labels);
    if (!value) return std::nullopt;
    checked = JoinLabels(checked, LabelText(name, *value));
    if (labels.empty()) break;
    if (labels.front() != ',' || labels.size() == 1) return std::nullopt;
    labels.remove_prefix(1);
  }
  return checked;
}

std::string JoinLabels(const std::string& first, const std::string& second) {
  if (first.empty()) return second;
  if (second.empty()) return first;
  return first + "," + second;
}

}  // namespace memgov::cli
