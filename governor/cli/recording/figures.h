// Named figures of one moment. Tens of thousands of moments share one set of names, so that a day at one
// sample a second fits into memory.
//
// Safety: one thread at a time writes; copies share only what is never changed.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_FIGURES_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_FIGURES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace memgov::cli {

class Figures {
 public:
  // Made as 0 where it is missing.
  uint64_t& operator[](std::string_view name);
  std::optional<uint64_t> Find(std::string_view name) const;
  bool contains(std::string_view name) const { return Find(name).has_value(); }
  size_t size() const { return values_.size(); }

  const std::vector<std::string>& names() const;  // sorted
  const std::vector<uint64_t>& values() const { return values_; }

  friend bool operator==(const Figures& left, const Figures& right) {
    return left.values_ == right.values_ && left.names() == right.names();
  }

 private:
  std::shared_ptr<const std::vector<std::string>> names_;
  std::vector<uint64_t> values_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_FIGURES_H_
