#include "governor/cli/recording/record.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/recording_writer.h"
#include "governor/cli/recording/sampler.h"
#include "governor/cli/recording/wait_for_end.h"

namespace memgov::cli {
namespace {

// A recorder must not spend its whole interval on waiting for a process that is stopped.
constexpr absl::Duration kMostPatience = absl::Milliseconds(500);

uint64_t MachineBytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  return pages > 0 ? static_cast<uint64_t>(pages) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

Recording HeadOf(const Governed& process, const RecordOptions& options) {
  Recording head;
  head.pid = process.pid;
  head.command = process.reading.command;
  head.version = process.reading.version;
  head.engine = process.reading.engine;
  head.interval_s = absl::ToDoubleSeconds(options.interval);
  head.cpus = static_cast<unsigned>(std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L));
  head.machine_bytes = MachineBytes();
  return head;
}

class Recorder {
 public:
  Recorder(RecordingSampler sampler, RecordingWriter writer, const RecordOptions& options)
      : sampler_(std::move(sampler)),
        writer_(std::move(writer)),
        interval_ns_(absl::ToInt64Nanoseconds(options.interval)),
        duration_(options.duration),
        waiter_(sampler_.process().pid),
        progress_(absl::StrCat("recording ", sampler_.process().pid)) {}

  absl::StatusOr<Recorded> Run() {
    const int64_t start_ns = MonotonicNs();
    const int64_t duration_ns = absl::ToInt64Nanoseconds(duration_);  // endless: saturates
    const int64_t end_ns = duration_ns > INT64_MAX - start_ns ? INT64_MAX : start_ns + duration_ns;
    int64_t next_ns = start_ns;
    while (recorded_.because.empty()) {
      if (const absl::Status added = AddSample(); !added.ok()) return added;
      if (!recorded_.because.empty()) break;
      next_ns = NextAfter(MonotonicNs(), next_ns);
      recorded_.because = Sleep(next_ns, end_ns, start_ns);
    }
    recorded_.samples = writer_.samples();
    if (const absl::Status ended = writer_.End(recorded_.because); !ended.ok()) return ended;
    return recorded_;
  }

 private:
  // Moments that were missed are left out, not made up for.
  int64_t NextAfter(int64_t now_ns, int64_t last_ns) const {
    const int64_t missed = std::max<int64_t>(now_ns - last_ns, 0) / interval_ns_;
    return last_ns + (missed + 1) * interval_ns_;
  }

  // Why the recording ends; "" where it goes on.
  std::string Sleep(int64_t next_ns, int64_t end_ns, int64_t start_ns) {
    ShowProgress(static_cast<double>(MonotonicNs() - start_ns) * 1e-9);
    if (writer_.full()) return "full";
    const bool last = next_ns > end_ns;
    switch (waiter_.WaitUntil(std::min(next_ns, end_ns))) {
      case Woken::kInterrupted:
        return "interrupt";
      case Woken::kProcessEnded:
        return "process";
      case Woken::kTime:
        break;
    }
    return last ? "duration" : "";
  }

  absl::Status AddSample() {
    absl::StatusOr<Sample> sample = sampler_.Take();
    if (!sample.ok()) {
      recorded_.because = "process";
      return writer_.samples() == 0 ? sample.status() : absl::OkStatus();
    }
    if (writer_.samples() == 0) first_s_ = sample->time_s;
    recorded_.seconds = sample->time_s - first_s_;
    shown_ = absl::StrCat("RSS ", FormatBytes(sample->resident_bytes), ", live ",
                          FormatBytes(sample->Value("live_bytes")));
    return writer_.Add(*sample);
  }

  void ShowProgress(double seconds) {
    const bool endless = duration_ == absl::InfiniteDuration();
    progress_.Update(endless ? -1 : std::min(1.0, seconds / absl::ToDoubleSeconds(duration_)), shown_);
  }

  RecordingSampler sampler_;
  RecordingWriter writer_;
  int64_t interval_ns_;
  absl::Duration duration_;
  EndWaiter waiter_;
  Progress progress_;
  Recorded recorded_;
  double first_s_ = 0;
  std::string shown_;
};

}  // namespace

absl::StatusOr<Recorded> Record(const Governed& process, const RecordOptions& options) {
  absl::StatusOr<RecordingSampler> sampler =
      RecordingSampler::Make(process, std::min(options.interval / 2, kMostPatience));
  if (!sampler.ok()) return sampler.status();
  absl::StatusOr<RecordingWriter> writer =
      RecordingWriter::Create(options.path, options.replace, HeadOf(process, options));
  if (!writer.ok()) return writer.status();
  return Recorder(*std::move(sampler), *std::move(writer), options).Run();
}

}  // namespace memgov::cli
