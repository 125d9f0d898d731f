// What a check demands, and whether a run meets it.
//
// Safety: pure functions.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_JUDGEMENT_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_JUDGEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "governor/cli/launch/baseline.h"
#include "governor/cli/launch/trial.h"

namespace memgov::cli {

struct Limits {
  std::optional<uint64_t> max_rss = {};
  std::optional<uint64_t> max_idle_rss = {};
  std::optional<Baseline> baseline = {};
  double tolerance = 0.1;  // how much more than the baseline is allowed
};

enum class Outcome { kPassed, kFailed, kNotJudged };

struct Finding {
  std::string name;  // "peak RSS"
  Outcome outcome = Outcome::kNotJudged;
  std::string detail;             // "412.0 MB, allowed are 300.0 MB"
  std::optional<uint64_t> bytes;  // measured
  std::optional<uint64_t> limit;
};

struct Judgement {
  std::vector<std::string> command;
  Trial trial;
  std::vector<Finding> findings;

  bool passed() const;  // nothing failed
};

// The command's own end first, then its load's, each limit, and whether memgov was in it. What is just at a
// limit passes. Not judged: idle memory of a run that was too short for it, a peak of which it is not known
// on which side of the limit it was, and what nobody could see.
Judgement Judge(const std::vector<std::string>& command, const Trial& trial, const TrialPlan& plan,
                const Limits& limits);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_JUDGEMENT_H_
