#include "progress.h"

#include <unistd.h>

#include <cstdio>

#include "clock.h"

namespace gateway_load {
namespace {

constexpr double kLineSeconds = 5;

}  // namespace

Progress::Progress() : terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::Show(const std::string& text) {
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%s", text.c_str());
  } else if (Now() >= next_line_) {
    std::fprintf(stderr, "%s\n", text.c_str());
    next_line_ = Now() + kLineSeconds;
  }
}

void Progress::Say(const std::string& text) {
  std::fprintf(stderr, "%s%s\n", terminal_ ? "\r\033[K" : "", text.c_str());
  next_line_ = Now() + kLineSeconds;
}

}  // namespace gateway_load
