#include "governor/cli/advice/advise.h"

#include "absl/strings/str_cat.h"
#include "governor/cli/advice/render.h"
#include "governor/cli/advice/snippet.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/target/library.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli {
namespace {

constexpr int kMostWorkers = 1024;
constexpr char kUsualLibrary[] = "/usr/local/lib/libmemgov.so";

bool IsPid(const std::string& text) { return text.find_first_not_of("0123456789") == std::string::npos; }

absl::StatusOr<Measurement> See(const std::string& what) {
  if (IsPid(what)) {
    const absl::StatusOr<int> pid = ParsePid(what);
    if (!pid.ok()) return pid.status();
    return MeasureOnce(*pid);
  }
  const std::string name = RecordingName(what);
  Progress progress(absl::StrCat("reading ", Printable(name)));
  const absl::StatusOr<Recording> recording =
      ReadRecording(what, [&progress](double part) { progress.Update(part, ""); });
  if (!recording.ok()) return recording.status();
  return Measure(*recording, name);
}

void NameLibrary(Advice& advice) {
  // A recording's engine is a text from a file: where it is none of ours, the default object is meant.
  // libmemgov.so is the arena engine's, and the name that `memgov snippet` gives.
  absl::StatusOr<std::string> library = FindLibrary(advice.seen.engine == "arena" ? "" : advice.seen.engine);
  if (!library.ok()) library = FindLibrary("");
  advice.object_found = library.ok() && CheckPastable(*library).ok();
  advice.object = advice.object_found ? *library : kUsualLibrary;
}

absl::StatusOr<std::string> Render(const Advice& advice, const AdviseRequest& request) {
  if (request.json) return AdviceJson(advice);
  if (request.format == "text") return AdviceText(advice);
  if (request.format == "compose") return AdviceCompose(advice);
  if (request.format == "k8s") return AdviceKubernetes(advice);
  if (request.format == "systemd") return AdviceSystemd(advice);
  return absl::InvalidArgumentError(
      absl::StrCat("--format '", request.format, "': allowed are text, compose, k8s, systemd"));
}

}  // namespace

absl::StatusOr<std::string> Advise(const AdviseRequest& request) {
  SizingWishes wishes;
  wishes.workers = request.workers;
  if (wishes.workers < 0 || wishes.workers > kMostWorkers) {
    return absl::InvalidArgumentError(
        absl::StrCat("--workers '", wishes.workers, "': allowed are 1 to ", kMostWorkers));
  }
  if (!request.headroom.empty()) {
    const absl::StatusOr<int> headroom = ParseHeadroom(request.headroom);
    if (!headroom.ok()) return headroom.status();
    wishes.headroom_percent = *headroom;
  }
  absl::StatusOr<Measurement> seen = See(request.what);
  if (!seen.ok()) return seen.status();
  Advice advice;
  advice.sizing = Size(*seen, wishes);
  advice.doubts = Doubts(*seen, advice.sizing);
  advice.workers = wishes.workers;
  advice.seen = *std::move(seen);
  NameLibrary(advice);
  return Render(advice, request);
}

}  // namespace memgov::cli
