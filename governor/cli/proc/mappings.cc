#include "governor/cli/proc/mappings.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

// vm.max_map_count is 65,530 by default, and some databases ask for 262,144.
constexpr size_t kMostMappings = 1 << 20;

// A number of that base at the text's begin, which is taken off; nullopt: none.
std::optional<uint64_t> TakeNumber(std::string_view& text, int base) {
  uint64_t number = 0;
  const std::from_chars_result parsed = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (parsed.ec != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
  return number;
}

bool TakeCharacter(std::string_view& text, char character) {
  if (text.empty() || text[0] != character) return false;
  text.remove_prefix(1);
  return true;
}

// The field up to the next space, which goes with it.
std::string_view TakeField(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

// "Rss:                 123 kB" into the field of that name; other lines are passed over.
void ParseValueLine(std::string_view line, Mapping& mapping) {
  const struct {
    const char* key;
    uint64_t* value;
  } fields[] = {{"Rss", &mapping.resident_bytes},        {"Pss", &mapping.proportional_bytes},
                {"Anonymous", &mapping.anonymous_bytes}, {"AnonHugePages", &mapping.huge_bytes},
                {"LazyFree", &mapping.lazy_free_bytes},  {"Swap", &mapping.swap_bytes}};
  const std::string_view key = line.substr(0, line.find(':'));
  for (const auto& field : fields) {
    if (key == field.key) *field.value = FindKilobytes(line, field.key).value_or(0);
  }
}

}  // namespace

bool Mapping::IsPlain() const {
  return IsPrivate() && inode == 0 && (name.empty() || name.starts_with("[anon:"));
}

bool ParseMappingLine(std::string_view line, Mapping* mapping) {
  const std::optional<uint64_t> begin = TakeNumber(line, 16);
  if (!begin || !TakeCharacter(line, '-')) return false;
  const std::optional<uint64_t> end = TakeNumber(line, 16);
  if (!end || !TakeCharacter(line, ' ') || *end <= *begin) return false;
  *mapping = Mapping();
  mapping->begin = *begin;
  mapping->end = *end;
  mapping->permissions = TakeField(line);
  TakeField(line);  // offset
  TakeField(line);  // device
  const std::optional<uint64_t> inode = TakeNumber(line, 10);
  if (mapping->permissions.size() != 4 || !inode) return false;
  mapping->inode = *inode;
  mapping->name = line.substr(std::min(line.find_first_not_of(' '), line.size()));
  return true;
}

absl::StatusOr<std::vector<Mapping>> ReadMappings(int pid, const std::string& root) {
  std::vector<Mapping> mappings;
  bool damaged = false;
  const absl::Status read = ForEachLineOf(root, pid, "smaps", [&](std::string_view line) {
    Mapping mapping;
    // Values begin with a capital letter, addresses with a digit of base 16 in small letters.
    if (!line.empty() && line[0] >= 'A' && line[0] <= 'Z') {
      if (!mappings.empty()) ParseValueLine(line, mappings.back());
      return true;
    }
    damaged = !ParseMappingLine(line, &mapping) || mappings.size() == kMostMappings ||
              (!mappings.empty() && mapping.begin < mappings.back().end);
    if (!damaged) mappings.push_back(std::move(mapping));
    return !damaged;
  });
  if (!read.ok()) return read;
  if (damaged) return absl::DataLossError(absl::StrCat("process ", pid, ": cannot parse its smaps"));
  ClassifyMappings(mappings);
  return mappings;
}

const Mapping* FindMapping(const std::vector<Mapping>& mappings, uint64_t address) {
  const auto after =
      std::upper_bound(mappings.begin(), mappings.end(), address,
                       [](uint64_t value, const Mapping& mapping) { return value < mapping.begin; });
  if (after == mappings.begin() || std::prev(after)->end <= address) return nullptr;
  return &*std::prev(after);
}

}  // namespace memgov::cli
