#include "rss_sampler.h"

#include <utility>

#include "clock.h"
#include "process_family.h"

namespace gateway_load {
namespace {

constexpr double kSpacingSeconds = 0.02;
constexpr double kFamilySeconds = 0.5;

}  // namespace

RssSampler::RssSampler(pid_t pid) : pid_(pid), thread_([this] { Run(); }) {}

RssSampler::~RssSampler() { Stop(); }

Series RssSampler::Stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  return std::move(series_);
}

void RssSampler::Run() {
  std::vector<pid_t> family;
  double family_known_until = 0;
  for (double next = Now(); !stop_; next += kSpacingSeconds) {
    SleepSeconds(next - Now());
    if (Now() >= family_known_until) {
      family = FamilyOf(pid_);
      family_known_until = Now() + kFamilySeconds;
    }
    series_.push_back({Now(), ResidentBytes(family)});
  }
}

}  // namespace gateway_load
