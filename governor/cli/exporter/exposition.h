// A page of metrics in Prometheus' text format 0.0.4: families in order of their names, each with one HELP
// and one TYPE and all its values together, however they came in.
#ifndef MEMGOV_GOVERNOR_CLI_EXPORTER_EXPOSITION_H_
#define MEMGOV_GOVERNOR_CLI_EXPORTER_EXPOSITION_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

namespace memgov::cli {

enum class Kind { kGauge, kCounter };

struct FamilyName {
  std::string_view name;
  Kind kind = Kind::kGauge;
  std::string_view help;
};

// Values as Prometheus reads them.
std::string CountValue(uint64_t count);
std::string BytesValue(uint64_t bytes);          // UINT64_MAX: "+Inf"
std::string SecondsValue(uint64_t nanoseconds);  // "1.5"

class Exposition {
 public:
  // The text's content type for HTTP.
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // `labels` as labels.h makes them; the first help of a family counts. False, and nothing is added, where
  // the family is there with another kind, or has a value with those labels already: a page with either would
  // be refused as a whole.
  bool Add(const FamilyName& family, const std::string& labels, const std::string& value);

  std::string Text() const;

 private:
  struct Family {
    Kind kind = Kind::kGauge;
    std::string help;
    std::string lines;
    std::unordered_set<std::string> labels;
  };
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_EXPORTER_EXPOSITION_H_
