#include "governor/cli/recording/parse_line.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

using Json = nlohmann::json;

constexpr double kLatestS = 253402300800;  // the year 10000
constexpr size_t kMostTextBytes = 4096;

absl::StatusOr<Json> ParseObject(std::string_view line) {
  Json object = Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::DataLossError("is no JSON object");
  return object;
}

absl::Status WrongType(std::string_view name, const std::string& wanted) {
  return absl::DataLossError(
      absl::StrCat("\"", Printable(name.substr(0, kMostNameBytes)), "\" is not ", wanted));
}

absl::Status ReadNumber(const Json& object, const char* name, double least, double most, double* to) {
  const auto found = object.find(name);
  const double number = found != object.end() && found->is_number() ? found->get<double>() : NAN;
  if (!(number >= least && number <= most)) {
    return WrongType(name, absl::StrCat("a number from ", least, " to ", most));
  }
  *to = number;
  return absl::OkStatus();
}

absl::Status ReadText(const Json& object, const char* name, std::string* to) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return WrongType(name, "a text");
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > kMostTextBytes) return WrongType(name, "a text of at most 4096 bytes");
  *to = text;
  return absl::OkStatus();
}

absl::Status ReadUnsigned(const Json& value, std::string_view name, uint64_t* to) {
  if (!value.is_null() && !value.is_number_unsigned()) {
    return WrongType(name, "a whole number from 0, or null");
  }
  *to = value.is_null() ? UINT64_MAX : value.get<uint64_t>();
  return absl::OkStatus();
}

// All members but `except`.
absl::Status ReadFigures(const Json& object, std::string_view except, Figures& figures) {
  for (const auto& [name, value] : object.items()) {
    if (name == except) continue;
    if (name.size() > kMostNameBytes) return absl::DataLossError("a figure's name is longer than 128 bytes");
    if (figures.size() >= kMostFigures && !figures.contains(name)) {
      return absl::DataLossError(absl::StrCat("has more than ", kMostFigures, " figures"));
    }
    uint64_t number = 0;
    if (const absl::Status read = ReadUnsigned(value, name, &number); !read.ok()) return read;
    figures[name] = number;
  }
  return absl::OkStatus();
}

absl::Status ReadPools(const Json& list, const std::vector<Sample::Pool>& before,
                       std::vector<Sample::Pool>* to) {
  if (!list.is_array()) return WrongType("pools", "a list");
  if (list.size() > kMostPools)
    return absl::DataLossError(absl::StrCat("has more than ", kMostPools, " pools"));
  std::vector<Sample::Pool> pools;
  for (const Json& object : list) {
    if (!object.is_object()) return WrongType("pools", "a list of objects");
    Sample::Pool& pool = pools.emplace_back();
    if (const absl::Status read = ReadText(object, "pool", &pool.name); !read.ok()) return read;
    // Most lines name the same figures in the same places: their names are shared then.
    const bool same =
        pools.size() <= before.size() && before[pools.size() - 1].figures.size() + 1 == object.size();
    if (same) pool.figures = before[pools.size() - 1].figures;
    if (const absl::Status read = ReadFigures(object, "pool", pool.figures); !read.ok()) return read;
  }
  *to = std::move(pools);
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseHeader(std::string_view line, Recording& recording) {
  const absl::StatusOr<Json> object = ParseObject(line);
  if (!object.ok() || !object->contains("memgov_recording")) {
    return absl::DataLossError("this is no recording: its first line does not say \"memgov_recording\"");
  }
  double version = 0;
  absl::Status status = ReadNumber(*object, "memgov_recording", 0, 1e9, &version);
  if (status.ok() && version != 1) {
    return absl::FailedPreconditionError(absl::StrCat("recording version ", version, "; this tool reads 1"));
  }
  double pid = 0;
  double cpus = 0;
  status.Update(ReadNumber(*object, "pid", 1, 1 << 22, &pid));
  status.Update(ReadText(*object, "command", &recording.command));
  status.Update(ReadText(*object, "version", &recording.version));
  status.Update(ReadText(*object, "engine", &recording.engine));
  status.Update(ReadNumber(*object, "interval_s", 0.001, 1e9, &recording.interval_s));
  status.Update(ReadNumber(*object, "cpus", 1, 1 << 20, &cpus));
  const auto machine = object->find("machine_bytes");
  if (machine == object->end()) return absl::DataLossError("\"machine_bytes\" is missing");
  status.Update(ReadUnsigned(*machine, "machine_bytes", &recording.machine_bytes));
  recording.pid = static_cast<int>(pid);
  recording.cpus = static_cast<unsigned>(cpus);
  return status;
}

absl::Status ParseSample(std::string_view line, Sample& sample, std::string* ended) {
  const absl::StatusOr<Json> object = ParseObject(line);
  if (!object.ok()) return object.status();
  const double before_s = sample.time_s;
  absl::Status status = ReadNumber(*object, "time_s", 0, kLatestS, &sample.time_s);
  if (!status.ok()) return status;
  if (sample.time_s < before_s) return absl::DataLossError("\"time_s\" is before the line above");
  if (object->contains("ended")) return ReadText(*object, "ended", ended);
  const auto resident = object->find("resident_bytes");
  if (resident == object->end()) return absl::DataLossError("\"resident_bytes\" is missing");
  status.Update(ReadUnsigned(*resident, "resident_bytes", &sample.resident_bytes));
  if (const auto figures = object->find("figures"); status.ok() && figures != object->end()) {
    if (!figures->is_object()) return WrongType("figures", "an object");
    status.Update(ReadFigures(*figures, "", sample.figures));
  }
  if (const auto pools = object->find("pools"); status.ok() && pools != object->end()) {
    status.Update(ReadPools(*pools, sample.pools, &sample.pools));
  }
  return status;
}

}  // namespace memgov::cli
