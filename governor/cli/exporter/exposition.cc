#include "governor/cli/exporter/exposition.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace memgov::cli {
namespace {

std::string EscapedHelp(std::string_view help) {
  std::string escaped;
  for (const char c : help) {
    if (c == '\\') escaped += "\\\\";
    if (c == '\n') escaped += "\\n";
    if (c != '\\' && c != '\n') escaped.push_back(c);
  }
  return escaped;
}

}  // namespace

std::string CountValue(uint64_t count) { return absl::StrCat(count); }

std::string BytesValue(uint64_t bytes) { return bytes == UINT64_MAX ? "+Inf" : absl::StrCat(bytes); }

std::string SecondsValue(uint64_t nanoseconds) {
  constexpr uint64_t kSecond = 1'000'000'000;
  std::string text = absl::StrFormat("%d.%09d", nanoseconds / kSecond, nanoseconds % kSecond);
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

bool Exposition::Add(const FamilyName& name, const std::string& labels, const std::string& value) {
  auto found = families_.find(name.name);
  if (found == families_.end()) {
    found =
        families_.emplace(std::string(name.name), Family{name.kind, EscapedHelp(name.help), {}, {}}).first;
  }
  Family& family = found->second;
  if (family.kind != name.kind || !family.labels.insert(labels).second) return false;
  absl::StrAppend(&family.lines, found->first);
  if (!labels.empty()) absl::StrAppend(&family.lines, "{", labels, "}");
  absl::StrAppend(&family.lines, " ", value, "\n");
  return true;
}

std::string Exposition::Text() const {
  std::string text;
  for (const auto& [name, family] : families_) {
    absl::StrAppend(&text, "# HELP ", name, " ", family.help, "\n");
    absl::StrAppend(&text, "# TYPE ", name, family.kind == Kind::kCounter ? " counter\n" : " gauge\n");
    absl::StrAppend(&text, family.lines);
  }
  return text;
}

}  // namespace memgov::cli
