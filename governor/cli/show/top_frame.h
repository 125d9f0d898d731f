// What memgov top shows at one moment, as lines of text with a style each. Pure: no terminal, no clock.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_TOP_FRAME_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_TOP_FRAME_H_

#include <string>
#include <vector>

#include "governor/cli/show/process_row.h"
#include "governor/cli/target/segment.h"

namespace memgov::cli {

enum class Style { kPlain, kTitle, kHeader, kSelected, kWarning, kAlarm, kHelp };

struct ScreenLine {
  std::string text;
  Style style = Style::kPlain;
};

struct TopFrame {
  std::vector<ProcessRow> rows;  // in the order in which they are shown
  size_t selected = 0;           // of rows
  Reading reading;               // of the selected one
  std::string sort;
  std::string time;  // "19:30:05"
  size_t unreadable = 0;
};

struct ScreenSize {
  int width = 0;   // 0: as wide as it gets
  int height = 0;  // 0: as long as it gets, and nobody who presses keys
};

// None wider than `width`, no more than `height` of them.
std::vector<ScreenLine> RenderTop(const TopFrame& frame, const ScreenSize& size, bool unicode);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_TOP_FRAME_H_
