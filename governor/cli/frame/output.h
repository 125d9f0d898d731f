// What the commands print, and on what: sizes and times for people, tables, bars, progress.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_OUTPUT_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_OUTPUT_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace memgov::cli {

// "512 B", "12.3 KB", "1.4 MB", "2.0 GB": 1024-based, as the preloaded object's own messages have it.
// UINT64_MAX: "unlimited".
std::string FormatBytes(uint64_t bytes);
// "850 ns", "12.3 us", "4.5 ms", "1.2 s", "3 min", "5 h", "2 d". Call it cli::FormatDuration: Abseil has one,
// too.
std::string FormatDuration(absl::Duration duration);
// "300M", "1.5G", "4096", as MEMGOV_BUDGET reads bytes; the error names `what` ("--max-rss"), the value and
// what is allowed.
absl::StatusOr<uint64_t> ParseBytes(std::string_view text, std::string_view what);

// Names that other processes chose, for a terminal: what is no UTF-8, control characters and characters that
// are not seen or turn the direction of text become \xNN.
std::string Printable(std::string_view text);

// Standard output is a terminal, TERM is not "dumb", and NO_COLOR (https://no-color.org) is not set.
bool UseColour();
// Columns of the terminal (TIOCGWINSZ, else COLUMNS, else 80); 0 where standard output is none: do not cut.
int TerminalWidth();

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kRight;
  // Where the table is wider than the terminal, columns with the highest number go first; 0 always stays. The
  // last kLeft column is cut with "…" before any goes.
  int drop_order = 0;
};

// A table of text: columns as wide as what is in them, two spaces between, no lines drawn.
class Table {
 public:
  explicit Table(std::vector<Column> columns);
  void AddRow(std::vector<std::string> cells);  // as many as there are columns
  // The titles, then a line for each row, none wider than `width`; 0: as wide as it gets.
  std::vector<std::string> Lines(int width) const;
  void Print(std::ostream& out, int width) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A bar of `cells` characters for part/whole in [0, 1]; eighths of a block where `unicode`, else '#' and '.'.
std::string Bar(double part, int cells, bool unicode);
// LANG and LC_* name UTF-8.
bool TerminalIsUtf8();

// What a command that takes longer than a second says meanwhile, on standard error: on a terminal one line
// that is written over and taken away at the end; elsewhere a line every 10 s.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // `part` in [0, 1], or negative where it is not known.
  void Update(double part, std::string_view detail);

 private:
  std::string what_;
  absl::Time started_;
  absl::Time shown_;
  bool on_terminal_;
  bool drawn_ = false;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_OUTPUT_H_
