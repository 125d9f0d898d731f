#include "governor/cli/recording/recording_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Line(const Json& object) {
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json Value(uint64_t value) { return value == UINT64_MAX ? Json(nullptr) : Json(value); }

Json HeaderObject(const Recording& head) {
  return {{"memgov_recording", 1},
          {"pid", head.pid},
          {"command", Printable(head.command)},
          {"version", Printable(head.version)},
          {"engine", Printable(head.engine)},
          {"interval_s", head.interval_s},
          {"cpus", head.cpus},
          {"machine_bytes", head.machine_bytes}};
}

Json ChangedFigures(const Figures& figures, const Figures& before) {
  Json changed = Json::object();
  for (size_t index = 0; index < figures.size(); ++index) {
    const std::string& name = figures.names()[index];
    const uint64_t value = figures.values()[index];
    if (before.Find(name) != value) changed[name] = Value(value);
  }
  return changed;
}

bool SamePools(const std::vector<Sample::Pool>& left, const std::vector<Sample::Pool>& right) {
  if (left.size() != right.size()) return false;
  for (size_t index = 0; index < left.size(); ++index) {
    if (left[index].name != right[index].name || !(left[index].figures == right[index].figures)) return false;
  }
  return true;
}

Json PoolList(const std::vector<Sample::Pool>& pools) {
  Json list = Json::array();
  for (const Sample::Pool& pool : pools) {
    Json object = {{"pool", Printable(pool.name)}};
    for (size_t index = 0; index < pool.figures.size(); ++index) {
      object[pool.figures.names()[index]] = Value(pool.figures.values()[index]);
    }
    list.push_back(std::move(object));
  }
  return list;
}

}  // namespace

absl::StatusOr<RecordingWriter> RecordingWriter::Create(const std::string& path, bool replace,
                                                        const Recording& head) {
  int descriptor;
  if (path == "-") {
    descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  } else {
    const int existing = replace ? O_TRUNC : O_EXCL;
    descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | existing, 0666);
  }
  if (descriptor < 0 && errno == EEXIST) {
    return absl::InvalidArgumentError(absl::StrCat(Printable(path), " exists: --force replaces it"));
  }
  if (descriptor < 0) {
    const std::string message = absl::StrCat(Printable(path), ": ", strerror(errno));
    return errno == EACCES ? absl::PermissionDeniedError(message) : absl::UnavailableError(message);
  }
  RecordingWriter writer(descriptor, path == "-" ? "standard output" : Printable(path));
  if (const absl::Status written = writer.Write(Line(HeaderObject(head))); !written.ok()) return written;
  return writer;
}

RecordingWriter::RecordingWriter(RecordingWriter&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      last_(std::move(other.last_)),
      samples_(other.samples_),
      values_(other.values_) {}

RecordingWriter::~RecordingWriter() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status RecordingWriter::Write(const std::string& line) {
  for (size_t done = 0; done < line.size();) {
    const ssize_t written = write(descriptor_, line.data() + done, line.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return absl::UnavailableError(absl::StrCat(path_, ": ", strerror(errno)));
    done += static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status RecordingWriter::Add(const Sample& sample) {
  Json object = {{"time_s", sample.time_s}, {"resident_bytes", sample.resident_bytes}};
  Json changed = ChangedFigures(sample.figures, last_.figures);
  if (!changed.empty()) object["figures"] = std::move(changed);
  if (!SamePools(sample.pools, last_.pools)) object["pools"] = PoolList(sample.pools);
  last_ = sample;
  ++samples_;
  values_ += sample.CountValues();
  return Write(Line(object));
}

absl::Status RecordingWriter::End(std::string_view reason) {
  return Write(Line(Json{{"time_s", last_.time_s}, {"ended", std::string(reason)}}));
}

bool RecordingWriter::full() const {
  return samples_ >= kMostSamples || values_ + last_.CountValues() > kMostValues;
}

}  // namespace memgov::cli
