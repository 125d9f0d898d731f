// Round figures along the sides of a chart.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_AXIS_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_AXIS_H_

#include <string>
#include <vector>

namespace memgov::cli {

enum class Quantity { kBytes, kCount };

struct Tick {
  double fraction = 0;  // along the axis, from its beginning
  std::string label;
  bool minor = false;  // left out where there is little room
};

// From 0 to `top`: three to six.
std::vector<Tick> ValueTicks(double top, Quantity quantity);

// Time of day in UTC, at round moments between two: at most seven. Where days change, the date.
std::vector<Tick> TimeTicks(double from_s, double to_s);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_AXIS_H_
