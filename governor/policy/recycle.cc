#include "governor/policy/recycle.h"

namespace memgov {
namespace {

bool Exceeds(const RecycleReadings& readings, uint64_t bytes, uint64_t percent) {
  // Divided first: a product may not fit, and a hundredth more or less decides nothing.
  return readings.fragmentation_bytes > bytes &&
         readings.fragmentation_bytes > readings.held_bytes / 100 * percent;
}

// What a restart wins is never more than what is held for nobody.
uint64_t Recoverable(const RecycleReadings& readings) {
  const uint64_t beyond_live =
      readings.held_bytes > readings.live_bytes ? readings.held_bytes - readings.live_bytes : 0;
  return readings.fragmentation_bytes < beyond_live ? readings.fragmentation_bytes : beyond_live;
}

}  // namespace

void RecycleHint::Tick(const RecycleReadings& readings) {
  const bool before = recoverable_bytes_ != 0;
  const bool now =
      before ? Exceeds(readings, kOverBytes, kOverPercent) : Exceeds(readings, kLeastBytes, kLeastPercent);
  // A clock behind the last tick's starts the wait again from there.
  if (!before || readings.now_ns < begin_ns_) begin_ns_ = readings.now_ns;
  last_ns_ = readings.now_ns;
  recoverable_bytes_ = now ? Recoverable(readings) : 0;
}

RecycleAdvice RecycleHint::At(uint64_t begin_ns, uint64_t recoverable_bytes, uint64_t now_ns) {
  if (recoverable_bytes == 0) return {};
  const uint64_t since_ns = now_ns > begin_ns ? now_ns - begin_ns : 0;
  return {since_ns >= kLastingNs, recoverable_bytes, since_ns};
}

}  // namespace memgov
