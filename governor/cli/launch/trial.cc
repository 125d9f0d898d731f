#include "governor/cli/launch/trial.h"

#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/launch/family.h"
#include "governor/cli/launch/governed_figures.h"
#include "governor/cli/launch/output_tail.h"
#include "governor/cli/launch/sampler.h"
#include "governor/cli/launch/settings.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(10);  // between SIGTERM and SIGKILL
constexpr absl::Duration kInterruptedGrace =
    absl::Seconds(5);  // the same, where somebody waits at a terminal
constexpr absl::Duration kBetweenFigures = absl::Seconds(1);
constexpr absl::Duration kBetweenReadyLooks = absl::Milliseconds(50);
constexpr absl::Duration kUntilSeen = absl::Milliseconds(20);
constexpr size_t kFewLooks = 5;
constexpr size_t kLastLines = 5;

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

class TrialRun {
 public:
  TrialRun(Keeper keeper, OutputTail& output, const TrialPlan& plan, const std::string& library,
           Interrupts& interrupts, const Watch& watch)
      : command_(std::move(keeper)),
        output_(output),
        plan_(plan),
        interrupts_(interrupts),
        watch_(watch),
        sampler_(command_.pid()),
        figures_(library) {}

  absl::StatusOr<Trial> Run() {
    const absl::Status measured = plan_.load.has_value() ? MeasureWithLoad() : MeasureAlone();
    if (!measured.ok()) return measured;
    const double measured_for = absl::ToDoubleSeconds(SteadyNow() - started_);
    trial_.ended_by_itself = command_.status().has_value();
    trial_.left_behind = trial_.ended_by_itself ? Descendants(command_.pid()).size() : 0;
    trial_.measured_seconds = LivedFor().value_or(measured_for);
    figures_.Look(sampler_.members());
    Stop();
    return Finish();
  }

 private:
  // By the keeper's clock, however late this process was told; nullopt: something lives.
  std::optional<double> LivedFor() const {
    if (command_.ended()) return command_.seconds_of_all();
    return trial_.ended_by_itself && trial_.left_behind == 0 ? std::optional(command_.seconds())
                                                             : std::nullopt;
  }

  // Until then; sooner when nobody is left, on a signal, and when `done` says so.
  void PassUntil(absl::Time end, const std::string& phase, const std::function<bool()>& done) {
    while (!command_.ended() && trial_.interrupted_by == 0 && SteadyNow() < end && !done()) {
      absl::Duration pause = Look(phase);
      pause = std::min({pause, end - SteadyNow(), absl::Milliseconds(100)});
      Wait(pause);
    }
  }

  absl::Duration Look(const std::string& phase) {
    const absl::Time now = SteadyNow();
    const std::optional<int> main =
        command_.status().has_value() ? std::nullopt : std::optional(command_.command());
    const absl::Duration pause = sampler_.Look(main);
    const bool first = !figures_.governed();
    if (now >= next_figures_) {
      figures_.Look(sampler_.members());
      next_figures_ = now + (first ? kUntilSeen : kBetweenFigures);
    }
    watch_(phase, sampler_.last_bytes());
    return pause;
  }

  void Wait(absl::Duration pause) {
    pollfd waited[] = {{command_.events(), POLLIN, 0},
                       {interrupts_.descriptor(), POLLIN, 0},
                       {output_.descriptor(), POLLIN, 0},
                       {load_.has_value() ? load_->events() : -1, POLLIN, 0}};
    const int64_t milliseconds = absl::ToInt64Milliseconds(absl::Ceil(pause, absl::Milliseconds(1)));
    poll(waited, std::size(waited), static_cast<int>(std::max<int64_t>(milliseconds, 0)));
    command_.Update();
    if (load_.has_value()) load_->Update();
    output_.Take();
    if (trial_.interrupted_by == 0) trial_.interrupted_by = interrupts_.Take();
  }

  bool CommandIsOver() const { return command_.status().has_value(); }

  absl::Status MeasureAlone() {
    const bool for_ever = plan_.length == absl::ZeroDuration();
    const absl::Time end = for_ever ? absl::InfiniteFuture() : SteadyNow() + plan_.length;
    // What a daemon leaves behind is what is to be measured, if there is a time for that.
    PassUntil(end, "running", [&] { return for_ever && CommandIsOver(); });
    trial_.ended_early = !for_ever && SteadyNow() < end && trial_.interrupted_by == 0;
    return absl::OkStatus();
  }

  absl::Status MeasureWithLoad() {
    absl::Time next_look = absl::InfinitePast();
    PassUntil(SteadyNow() + plan_.ready, "waiting until it listens", [&] {
      if (SteadyNow() < next_look) return false;
      next_look = SteadyNow() + kBetweenReadyLooks;
      return Listens(sampler_.members());
    });
    if (!command_.ended() && trial_.interrupted_by == 0) {
      if (absl::Status status = RunLoad(); !status.ok()) return status;
      PassUntil(SteadyNow() + plan_.settle, "settling", [] { return false; });
    }
    trial_.ended_early = command_.ended();
    return absl::OkStatus();
  }

  absl::Status RunLoad() {
    const int output = plan_.show_output ? STDERR_FILENO : -1;
    absl::StatusOr<Keeper> load =
        Keeper::Start({"/bin/sh", {"sh", "-c", *plan_.load}, OwnEnvironment(), output, output});
    if (!load.ok()) return load.status();
    load_.emplace(*std::move(load));
    const bool for_ever = plan_.length == absl::ZeroDuration();
    const auto over = [&] { return load_->status().has_value() || load_->ended(); };
    PassUntil(for_ever ? absl::InfiniteFuture() : SteadyNow() + plan_.length, "under load", over);
    trial_.load_cut = !over();
    if (trial_.load_cut) load_->Signal(SIGTERM);
    PassUntil(SteadyNow() + absl::Seconds(1), "ending the load", over);
    trial_.load_status = load_->status();
    trial_.load_seconds = load_->seconds();
    load_.reset();
    return absl::OkStatus();
  }

  // Ends all of it. The memory that it has meanwhile is not measured.
  void Stop() {
    const bool interrupted = trial_.interrupted_by != 0;
    const absl::Time end = SteadyNow() + (interrupted ? kInterruptedGrace : kGrace);
    bool asked_rest = command_.status().has_value();
    command_.Signal(interrupted ? trial_.interrupted_by : SIGTERM);
    while (!command_.ended() && SteadyNow() < end) {
      watch_("stopping", sampler_.last_bytes());
      Wait(absl::Milliseconds(20));
      if (interrupts_.Take() != 0) break;  // asked for the second time
      if (!asked_rest && command_.status().has_value()) command_.Signal(SIGTERM);
      asked_rest = command_.status().has_value();
    }
    trial_.killed = !command_.ended();
    if (trial_.killed) command_.Kill();
    while (!command_.ended()) Wait(absl::Milliseconds(20));
  }

  Trial Finish() {
    output_.Take();
    trial_.peak_bytes = sampler_.peak_bytes();
    const bool long_enough = trial_.measured_seconds >= absl::ToDoubleSeconds(kLeastForIdle);
    if (long_enough && sampler_.looks() > 0) trial_.last_bytes = sampler_.settled_bytes();
    trial_.most_processes = std::max<size_t>(sampler_.most_processes(), 1);
    trial_.seconds = command_.seconds();
    trial_.status = command_.status();
    trial_.governed = figures_.governed();
    trial_.ran_without = figures_.ran_without();
    trial_.refused_allocations = figures_.refused_allocations();
    trial_.last_lines = output_.LastLines(kLastLines);
    if (command_.usage().has_value()) TakeUsage(*command_.usage());
    return trial_;
  }

  void TakeUsage(const rusage& usage) {
    trial_.cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
    trial_.minor_faults = static_cast<uint64_t>(usage.ru_minflt);
    trial_.major_faults = static_cast<uint64_t>(usage.ru_majflt);
    // Of the greatest one of them, in KiB (getrusage(2)).
    const uint64_t greatest = static_cast<uint64_t>(usage.ru_maxrss) << 10;
    if (greatest <= trial_.peak_bytes) return;
    const bool known = usage.ru_maxrss > command_.least_maxrss();
    if (!known && sampler_.looks() >= kFewLooks) return;
    if (!known) trial_.peak_seen_bytes = trial_.peak_bytes;
    trial_.peak_bytes = greatest;
  }

  Keeper command_;
  std::optional<Keeper> load_;
  OutputTail& output_;
  const TrialPlan& plan_;
  Interrupts& interrupts_;
  const Watch& watch_;
  Sampler sampler_;
  GovernedFigures figures_;
  const absl::Time started_ = SteadyNow();
  absl::Time next_figures_ = absl::InfinitePast();
  Trial trial_;
};

}  // namespace

absl::StatusOr<Trial> RunTrial(StartSpec start, const TrialPlan& plan, const std::string& library,
                               Interrupts& interrupts, const Watch& watch) {
  OutputTail output;
  start.output = start.error = plan.show_output ? STDERR_FILENO : output.for_command();
  absl::StatusOr<Keeper> command = Keeper::Start(start);
  output.CommandHasIt();
  if (!command.ok()) return command.status();
  return TrialRun(*std::move(command), output, plan, library, interrupts, watch).Run();
}

bool EndedWell(const Trial& trial) {
  if (!trial.status.has_value() || trial.killed) return false;
  const int status = *trial.status;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  if (trial.ended_by_itself) return false;
  // Asked to stop, a server may end by the signal, with its number as shells have it, or with a status of its
  // own; but it may not crash.
  return WIFEXITED(status) || WTERMSIG(status) == SIGTERM;
}

std::string WhyNoIdle(const Trial& trial) {
  const double least = absl::ToDoubleSeconds(kLeastForIdle);
  if (trial.measured_seconds >= least) return "idle memory could not be read";
  return absl::StrFormat("too short to judge idle (%.2f s of %g s)", trial.measured_seconds, least);
}

std::string DescribeStatus(std::optional<int> status) {
  if (!status.has_value()) return "not ended";
  if (WIFEXITED(*status)) return absl::StrCat(WEXITSTATUS(*status));
  const char* name = sigabbrev_np(WTERMSIG(*status));
  return name != nullptr ? absl::StrCat("SIG", name) : absl::StrCat("signal ", WTERMSIG(*status));
}

}  // namespace memgov::cli
