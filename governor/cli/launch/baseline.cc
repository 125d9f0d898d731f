#include "governor/cli/launch/baseline.h"

#include <errno.h>
#include <string.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/comparison_text.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr int kVersion = 1;
constexpr size_t kMostBytes = size_t{64} << 10;
constexpr double kMostTolerancePercent = 1000;

using nlohmann::json;

absl::StatusOr<uint64_t> BytesIn(const json& object, const char* key) {
  const auto value = object.find(key);
  if (value == object.end() || !value->is_number_unsigned()) {
    return absl::InvalidArgumentError(absl::StrCat("no number \"", key, "\" in it"));
  }
  return value->get<uint64_t>();
}

absl::Status Unwritable(const std::string& path) {
  return absl::UnavailableError(absl::StrCat(Printable(path), ": cannot be written: ", strerror(errno)));
}

}  // namespace

absl::StatusOr<Baseline> ParseBaseline(std::string_view text) {
  if (text.size() >= kMostBytes) return absl::InvalidArgumentError("too large for a baseline");
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object() || !object.contains("memgov_baseline")) {
    return absl::InvalidArgumentError("no baseline: --write-baseline writes one");
  }
  if (object["memgov_baseline"] != kVersion) {
    return absl::InvalidArgumentError("a baseline of another version of memgov");
  }
  const absl::StatusOr<uint64_t> peak = BytesIn(object, "peak_bytes");
  if (!peak.ok()) return peak.status();
  const auto idle_value = object.find("idle_bytes");
  if (idle_value != object.end() && idle_value->is_null()) return Baseline{*peak, std::nullopt};
  const absl::StatusOr<uint64_t> idle = BytesIn(object, "idle_bytes");
  if (!idle.ok()) return idle.status();
  return Baseline{*peak, *idle};
}

absl::StatusOr<Baseline> ReadBaseline(const std::string& path) {
  const std::string file = absl::StrCat("--baseline ", Printable(path), ": ");
  const absl::StatusOr<std::string> text = ReadTextFile(path, kMostBytes);
  if (absl::IsNotFound(text.status())) return absl::NotFoundError(file + "there is no such file");
  if (!text.ok()) return absl::UnavailableError(file + "cannot be read");
  absl::StatusOr<Baseline> baseline = ParseBaseline(*text);
  if (baseline.ok()) return baseline;
  return absl::InvalidArgumentError(absl::StrCat(file, baseline.status().message()));
}

absl::Status WriteBaseline(const std::string& path, const Baseline& baseline,
                           const std::vector<std::string>& command) {
  json object = {{"memgov_baseline", kVersion},
                 {"peak_bytes", baseline.peak_bytes},
                 {"idle_bytes", nullptr},
                 {"command", command}};
  if (baseline.idle_bytes.has_value()) object["idle_bytes"] = *baseline.idle_bytes;
  const std::string whole = absl::StrCat(path, ".new");
  std::ofstream file(whole, std::ios::trunc);
  if (!(file << Dump(object) << "\n" << std::flush)) return Unwritable(path);
  file.close();
  return rename(whole.c_str(), path.c_str()) == 0 ? absl::OkStatus() : Unwritable(path);
}

absl::StatusOr<double> ParseTolerance(std::string_view text) {
  const std::string_view number = text.ends_with("%") ? text.substr(0, text.size() - 1) : text;
  double percent = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), percent);
  const bool whole = error == std::errc() && end == number.data() + number.size() && !number.empty();
  if (!whole || !(percent >= 0 && percent <= kMostTolerancePercent)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--tolerance ", Printable(text), ": allowed is 0% to 1000%, such as 10%"));
  }
  return percent / 100;
}

}  // namespace memgov::cli
