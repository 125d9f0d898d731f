// Runs of a command without and with memgov, side by side: what `memgov try` says.
//
// Safety: pure functions.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_COMPARISON_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_COMPARISON_H_

#include <string>
#include <vector>

#include "governor/cli/launch/trial.h"

namespace memgov::cli {

struct Comparison {
  std::vector<std::string> command;
  bool under_load = false;
  std::vector<Trial> without;  // at least one, and all ended well
  std::vector<Trial> with;     // at least one
};

// Of one figure: the middle of the runs, the least and the greatest.
struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};
Spread SpreadOf(std::vector<double> values);

// Is `with` another value than `without`? Where there are several runs of each they must not overlap, and the
// medians must be 5 % apart; where there is one, 10 %; and `least` in any case.
bool Differs(const Spread& without, const Spread& with, size_t runs, double least);

// One sentence: what memgov saves, what it costs, or why nothing can be said.
std::string Verdict(const Comparison& comparison);

// Did the command do under memgov what it does without?
bool Succeeded(const Comparison& comparison);

// Did every run last long enough for what it has at the end to mean something?
bool AllHaveIdle(const Comparison& comparison);

// False where one of them ended before its peak could be seen.
bool PeaksAreKnown(const std::vector<Trial>& trials);

// "peak RSS"; where there were several processes "peak PSS of 5".
std::string MeasureName(const std::string& moment, size_t processes);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_COMPARISON_H_
