#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "governor/cli/frame/views.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {
namespace {

constexpr absl::string_view kPrefix = "memgov_";
constexpr absl::string_view kPoolPrefix = "memgov_pool_";

bool IsNamed(const FigureName& figure, absl::string_view name) {
  if (figure.labels.empty()) return absl::StripPrefix(figure.name, kPrefix) == name;
  return absl::StrCat(absl::StripPrefix(figure.name, kPrefix), "{", figure.labels, "}") == name;
}

}  // namespace

std::optional<uint64_t> Reading::Find(std::string_view name) const {
  for (size_t index = 0; index < names.size() && index < values.size(); ++index) {
    if (IsNamed(names[index], View(name))) return values[index];
  }
  return std::nullopt;
}

uint64_t Reading::Value(std::string_view name, uint64_t otherwise) const {
  return Find(name).value_or(otherwise);
}

uint64_t Reading::SumOf(std::string_view name) const {
  const absl::string_view wanted = View(name);
  uint64_t sum = 0;
  for (size_t index = 0; index < names.size() && index < values.size(); ++index) {
    if (absl::StripPrefix(names[index].name, kPrefix) == wanted) sum += values[index];
  }
  return sum;
}

uint64_t Reading::PoolValue(const PoolReading& pool, std::string_view name, uint64_t otherwise) const {
  const absl::string_view wanted = View(name);
  for (size_t index = 0; index < pool_names.size() && index < pool.values.size(); ++index) {
    if (absl::StripPrefix(pool_names[index].name, kPoolPrefix) == wanted) return pool.values[index];
  }
  return otherwise;
}

}  // namespace memgov::cli
