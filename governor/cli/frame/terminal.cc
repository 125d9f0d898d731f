#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/frame/utf8.h"
#include "governor/cli/frame/views.h"

namespace memgov::cli {
namespace {

constexpr int kUsualWidth = 80;
constexpr absl::Duration kSilence = absl::Seconds(1);  // what is done by then needs no line
constexpr absl::Duration kRedraw = absl::Milliseconds(100);
constexpr absl::Duration kLogEvery = absl::Seconds(10);

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

int WidthOf(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  int columns = 0;
  return absl::SimpleAtoi(View(Variable("COLUMNS")), &columns) && columns > 0 ? columns : kUsualWidth;
}

}  // namespace

bool UseColour() {
  return isatty(STDOUT_FILENO) == 1 && Variable("TERM") != "dumb" && Variable("NO_COLOR").empty();
}

int TerminalWidth() { return isatty(STDOUT_FILENO) == 1 ? WidthOf(STDOUT_FILENO) : 0; }

// The first of these that is set and not empty decides, as setlocale(3) has it.
bool TerminalIsUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string value = absl::AsciiStrToLower(View(Variable(name)));
    if (!value.empty()) return absl::StrContains(value, "utf-8") || absl::StrContains(value, "utf8");
  }
  return false;
}

Progress::Progress(std::string what)
    : what_(std::move(what)),
      started_(SteadyNow()),
      shown_(started_),
      on_terminal_(isatty(STDERR_FILENO) == 1 && Variable("TERM") != "dumb") {}

Progress::~Progress() {
  if (drawn_ && on_terminal_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::Update(double part, std::string_view detail) {
  const absl::Time now = SteadyNow();
  const absl::Duration wait = !on_terminal_ ? kLogEvery : drawn_ ? kRedraw : kSilence;
  if (now - shown_ < wait) return;
  shown_ = now;
  drawn_ = true;
  std::string line = what_;
  if (part >= 0) absl::StrAppendFormat(&line, " %3.0f %%", std::clamp(part, 0.0, 1.0) * 100);
  if (!detail.empty()) absl::StrAppend(&line, ": ", View(detail));
  absl::StrAppend(&line, " (", absl::ToInt64Seconds(now - started_), " s)");
  if (on_terminal_) {
    std::cerr << "\r" << CutToCells(line, WidthOf(STDERR_FILENO) - 1, "") << "\x1b[K" << std::flush;
  } else {
    std::cerr << "memgov: " << line << std::endl;
  }
}

}  // namespace memgov::cli
