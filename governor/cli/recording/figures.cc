#include "governor/cli/recording/figures.h"

#include <algorithm>

namespace memgov::cli {
namespace {

const std::vector<std::string>& NoNames() {
  static const auto* const none = new std::vector<std::string>;
  return *none;
}

}  // namespace

const std::vector<std::string>& Figures::names() const { return names_ == nullptr ? NoNames() : *names_; }

uint64_t& Figures::operator[](std::string_view name) {
  const auto found = std::lower_bound(names().begin(), names().end(), name);
  const auto index = found - names().begin();
  if (found == names().end() || *found != name) {
    auto more = std::make_shared<std::vector<std::string>>(names());
    more->emplace(more->begin() + index, name);
    names_ = std::move(more);
    values_.insert(values_.begin() + index, 0);
  }
  return values_[static_cast<size_t>(index)];
}

std::optional<uint64_t> Figures::Find(std::string_view name) const {
  const auto found = std::lower_bound(names().begin(), names().end(), name);
  if (found == names().end() || *found != name) return std::nullopt;
  return values_[static_cast<size_t>(found - names().begin())];
}

}  // namespace memgov::cli
