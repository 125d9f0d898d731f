#include "governor/cli/recording/recording.h"

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/line_file.h"
#include "governor/cli/recording/parse_line.h"

namespace memgov::cli {
namespace {

constexpr double kProgressStep = 0.01;

class Reader {
 public:
  Reader(LineFile file, const std::function<void(double)>& progress)
      : file_(std::move(file)), progress_(progress) {}

  absl::StatusOr<Recording> Read() {
    LineFile::Line line;
    absl::StatusOr<bool> next = true;
    for (bool more = true; more; more = *next && recording_.ended.empty() && !recording_.cut_short) {
      ++number_;
      next = file_.Next(kMostLineBytes, &line);
      if (!next.ok()) return Located(next.status());
      if (!*next) break;
      if (const absl::Status status = Take(line); !status.ok()) return Located(status);
      ShowProgress();
    }
    if (number_ == 1) return absl::DataLossError("is empty");
    return std::move(recording_);
  }

 private:
  absl::Status Take(const LineFile::Line& line) {
    if (number_ == 1) return ParseHeader(line.text, recording_);
    const absl::Status parsed = ParseSample(line.text, last_, &recording_.ended);
    recording_.cut_short = !parsed.ok() && !line.whole;
    if (recording_.cut_short || !recording_.ended.empty()) return absl::OkStatus();
    if (!parsed.ok()) return parsed;
    values_ += last_.CountValues();
    if (recording_.samples.size() >= kMostSamples || values_ > kMostValues) {
      return absl::DataLossError(absl::StrCat("a recording holds at most ", kMostSamples, " samples and ",
                                              kMostValues, " figures; record with a longer --interval"));
    }
    recording_.samples.push_back(last_);
    return absl::OkStatus();
  }

  absl::Status Located(const absl::Status& status) const {
    return absl::Status(status.code(), absl::StrCat("line ", number_, ": ", status.message()));
  }

  void ShowProgress() {
    if (!progress_) return;
    if (file_.Part() < 0) return progress_(-1);
    if (file_.Part() < shown_ + kProgressStep) return;
    shown_ = file_.Part();
    progress_(shown_);
  }

  LineFile file_;
  const std::function<void(double)>& progress_;
  Recording recording_;
  Sample last_;
  size_t number_ = 0;
  size_t values_ = 0;
  double shown_ = 0;
};

}  // namespace

size_t Sample::CountValues() const {
  size_t count = figures.size();
  for (const Pool& pool : pools) count += pool.figures.size();
  return count;
}

// A second more than it takes a busy process to answer; at rest it refreshes its figures only when asked.
bool Sample::IsFresh(double interval_s) const {
  return static_cast<double>(Value("figures_age_ns")) * 1e-9 <= 2 * interval_s + 1;
}

std::string RecordingName(const std::string& path) { return path == "-" ? "standard input" : path; }

absl::StatusOr<Recording> ReadRecording(const std::string& path,
                                        const std::function<void(double part)>& progress) {
  const auto named = [&path](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat(Printable(RecordingName(path)), ": ", status.message()));
  };
  absl::StatusOr<LineFile> file = LineFile::Open(path);
  if (!file.ok()) return named(file.status());
  absl::StatusOr<Recording> recording = Reader(*std::move(file), progress).Read();
  if (!recording.ok()) return named(recording.status());
  return recording;
}

}  // namespace memgov::cli
