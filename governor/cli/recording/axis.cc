#include "governor/cli/recording/axis.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"

namespace memgov::cli {
namespace {

constexpr double kMostValueTicks = 5;
constexpr double kMostTimeTicks = 6;
constexpr double kDayS = 86'400;

struct Scale {
  double unit;
  const char* name;
};

Scale ScaleOf(double top, Quantity quantity) {
  const double base = quantity == Quantity::kBytes ? 1024 : 1000;
  static constexpr const char* kBytes[] = {" B", " KB", " MB", " GB", " TB", " PB"};
  static constexpr const char* kCounts[] = {"", " k", " M", " G", " T", " P"};
  double unit = 1;
  size_t power = 0;
  for (; power < 5 && top >= 2 * unit * base; ++power) unit *= base;
  return {unit, quantity == Quantity::kBytes ? kBytes[power] : kCounts[power]};
}

// The least of 1, 2, 5 times a power of ten that is not below.
double RoundUp(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= step) return factor * power;
  }
  return 10 * power;
}

double TimeStep(double length_s) {
  for (const double step : {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800., 3600.0,
                            7200.0, 10800.0, 21600.0, 43200.0}) {
    if (length_s / step <= kMostTimeTicks) return step;
  }
  return kDayS * std::ceil(length_s / kDayS / kMostTimeTicks);
}

std::string TimeLabel(double time_s, double step_s) {
  const absl::Time time = absl::FromUnixSeconds(static_cast<int64_t>(time_s));
  const char* format = step_s < 60 ? "%H:%M:%S" : "%H:%M";
  if (step_s >= kDayS || std::fmod(time_s, kDayS) == 0) format = "%b %d";
  return absl::FormatTime(format, time, absl::UTCTimeZone());
}

}  // namespace

std::vector<Tick> ValueTicks(double top, Quantity quantity) {
  std::vector<Tick> ticks;
  if (!(top > 0)) return {{0, "0", false}};
  const Scale scale = ScaleOf(top, quantity);
  const double least = quantity == Quantity::kCount && scale.unit == 1 ? 1 : 0;
  const double step = std::max(least, RoundUp(top / scale.unit / kMostValueTicks));
  for (double value = 0; value * scale.unit <= top; value += step) {
    const std::string label = value == 0 ? "0" : absl::StrCat(absl::StrFormat("%g", value), scale.name);
    ticks.push_back({value * scale.unit / top, label, false});
  }
  return ticks;
}

std::vector<Tick> TimeTicks(double from_s, double to_s) {
  const double length = to_s - from_s;
  if (!(length > 0)) return {{0, TimeLabel(from_s, 1), false}};
  const double step = TimeStep(length);
  std::vector<Tick> ticks;
  for (double time = std::ceil(from_s / step) * step; time <= to_s; time += step) {
    const bool minor = ticks.size() % 2 == 1;
    ticks.push_back({(time - from_s) / length, TimeLabel(time, step), minor});
  }
  return ticks;
}

}  // namespace memgov::cli
