// memgov health: is this process well? For health checks of containers and supervisors.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_HEALTH_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_HEALTH_H_

#include <cstdint>
#include <string>
#include <vector>

#include "governor/cli/target/segment.h"

namespace memgov::cli {

struct HealthLimits {
  uint64_t max_resident_bytes = UINT64_MAX;
  uint64_t max_rung = 2;      // 0 normal, 1 soft, 2 hard
  double max_held_ratio = 0;  // held to live; 0: any
};

// Below it the ratio of held to live says nothing: a few slabs of an idle process are many times its live
// bytes.
constexpr uint64_t kLeastHeldForRatio = uint64_t{16} << 20;

// What is not as it should be, each as "RSS 310.0 MB is above 300.0 MB". Pure.
std::vector<std::string> ProblemsOf(const Reading& reading, uint64_t resident_bytes,
                                    const HealthLimits& limits);

// One line. The exit status: kOk, kNo, or why there is no answer.
int RunHealth(int pid, const HealthLimits& limits, bool json);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_HEALTH_H_
