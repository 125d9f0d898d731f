#include "fake_upstream.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/clock.h"

namespace llm_gateway {
namespace {

constexpr size_t kPieceBytes = 160;

absl::Duration Draw(const UpstreamLatency& latency) {
  thread_local absl::InsecureBitGen generator;
  const double factor = absl::Uniform(absl::IntervalClosed, generator, -1.0, 1.0);
  return std::max(absl::ZeroDuration(), latency.mean + factor * latency.jitter);
}

// Pieces start at different places, so that two of them are rarely equal.
std::string PieceOf(std::string_view question, int number) {
  if (question.empty()) return "...";
  const size_t start = (static_cast<size_t>(number) * kPieceBytes) % question.size();
  return std::string(question.substr(start, kPieceBytes));
}

}  // namespace

void FakeUpstream::Ask(std::string_view question,
                       const std::function<bool(std::string piece)>& on_piece) const {
  const absl::Duration total = Draw(latency_);
  absl::SleepFor(total / 2);
  for (int number = 0; number < pieces_; ++number) {
    if (!on_piece(PieceOf(question, number))) return;
    absl::SleepFor(total / 2 / pieces_);
  }
}

}  // namespace llm_gateway
