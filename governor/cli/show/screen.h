// The terminal while a command has the whole of it: keys without Enter, the alternate screen, no cursor;
// given back as it was by Leave and the destructor.
//
// Assumptions: a terminal that knows ECMA-48's sequences, as every one does whose TERM is not "dumb".
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_SCREEN_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_SCREEN_H_

#include <termios.h>

#include <vector>

#include "governor/cli/show/top_frame.h"

namespace memgov::cli {

class Screen {
 public:
  // Standard output is such a terminal.
  static bool IsPossible();

  Screen() = default;
  ~Screen() { Leave(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  void Enter();
  void Leave();
  bool HasKeys() const { return has_keys_; }  // standard input is a terminal, too

  static ScreenSize Size();
  // False: the terminal is gone.
  bool Draw(const std::vector<ScreenLine>& lines, bool colour) const;

 private:
  bool entered_ = false;
  bool has_keys_ = false;
  termios before_{};
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_SCREEN_H_
