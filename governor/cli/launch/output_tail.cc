#include "governor/cli/launch/output_tail.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr size_t kKept = 4096;

}  // namespace

OutputTail::OutputTail() {
  if (pipe2(ends_, O_CLOEXEC) != 0) return;
  fcntl(ends_[0], F_SETFL, O_NONBLOCK);  // of the reading end alone
}

OutputTail::~OutputTail() {
  CommandHasIt();
  if (ends_[0] >= 0) close(ends_[0]);
}

void OutputTail::CommandHasIt() {
  if (ends_[1] >= 0) close(ends_[1]);
  ends_[1] = -1;
}

void OutputTail::Take() {
  char piece[16384];
  // A pipe's worth; somebody who writes faster than that is not read from for ever.
  for (int pieces = 0; ends_[0] >= 0 && pieces < 4; ++pieces) {
    const ssize_t bytes = read(ends_[0], piece, sizeof piece);
    if (bytes < 0) return;
    if (bytes == 0) {
      close(ends_[0]);
      ends_[0] = -1;
      return;
    }
    text_.append(piece, static_cast<size_t>(bytes));
    if (text_.size() > kKept) text_.erase(0, text_.size() - kKept);
  }
}

std::vector<std::string> OutputTail::LastLines(size_t most) const {
  std::vector<std::string> lines;
  for (const std::string_view line : Split(text_, "\n")) {
    if (!line.empty()) lines.emplace_back(line);
  }
  if (lines.size() > most) lines.erase(lines.begin(), lines.end() - static_cast<ptrdiff_t>(most));
  return lines;
}

}  // namespace memgov::cli
