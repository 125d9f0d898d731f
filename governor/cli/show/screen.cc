#include "governor/cli/show/screen.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace memgov::cli {
namespace {

constexpr const char* kEnter = "\x1b[?1049h\x1b[?25l";  // the alternate screen, no cursor
constexpr const char* kLeave = "\x1b[0m\x1b[?25h\x1b[?1049l";
constexpr ScreenSize kUsual = {80, 24};

// The selected line and the titles are told apart without colour, too.
const char* CodeOf(Style style, bool colour) {
  switch (style) {
    case Style::kSelected:
      return "\x1b[7m";
    case Style::kTitle:
    case Style::kHeader:
      return "\x1b[1m";
    case Style::kWarning:
      return colour ? "\x1b[33m" : "";
    case Style::kAlarm:
      return colour ? "\x1b[31m" : "";
    case Style::kHelp:
      return colour ? "\x1b[36m" : "";
    case Style::kPlain:
      break;
  }
  return "";
}

bool WriteAll(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
    if (written > 0) text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

bool Screen::IsPossible() {
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) == 1 && term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

void Screen::Enter() {
  if (entered_) return;
  has_keys_ = tcgetattr(STDIN_FILENO, &before_) == 0;
  if (has_keys_) {
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  WriteAll(kEnter);
  entered_ = true;
}

void Screen::Leave() {
  if (!entered_) return;
  entered_ = false;
  WriteAll(kLeave);
  if (has_keys_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

ScreenSize Screen::Size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return kUsual;
  return {size.ws_col, size.ws_row};
}

bool Screen::Draw(const std::vector<ScreenLine>& lines, bool colour) const {
  std::string text = "\x1b[H";
  for (size_t index = 0; index < lines.size(); ++index) {
    // Cleared first: behind a line as wide as the terminal the cursor stands on its last cell.
    absl::StrAppend(&text, index == 0 ? "" : "\r\n", "\x1b[0m\x1b[K", CodeOf(lines[index].style, colour),
                    lines[index].text);
  }
  return WriteAll(absl::StrCat(text, "\x1b[0m\x1b[J"));
}

}  // namespace memgov::cli
