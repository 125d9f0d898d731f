#include "governor/pressure/line_reader.h"

#include <errno.h>

#include "governor/base/os.h"

namespace memgov {

LineReader::LineReader(const char* path, char* buffer, size_t capacity)
    : descriptor_(os::OpenReadOnly(path)), buffer_(buffer), capacity_(capacity) {}

LineReader::~LineReader() {
  if (IsOpen()) os::Close(descriptor_);
}

// One byte is kept for the NUL of a last line without a newline. After an error nothing is left: half a line
// may be half a number.
bool LineReader::Refill() {
  if (begin_ != 0) __builtin_memmove(buffer_, buffer_ + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ + 1 >= capacity_) {
    too_long_ = true;
    end_ = 0;
  }
  long got = 0;
  do got = os::Read(descriptor_, buffer_ + end_, capacity_ - 1 - end_);
  while (got == -EINTR);
  if (got < 0) end_ = 0;
  if (got > 0) end_ += static_cast<size_t>(got);
  return got > 0;
}

size_t LineReader::FindNewline() const {
  size_t at = begin_;
  while (at < end_ && buffer_[at] != '\n') ++at;
  return at;
}

char* LineReader::Next() {
  while (IsOpen()) {
    size_t newline = FindNewline();
    if (newline == end_) {
      if (Refill()) continue;
      if (end_ == 0 || too_long_) return nullptr;
      newline = end_;
    }
    char* const line = buffer_ + begin_;
    buffer_[newline] = '\0';
    begin_ = newline < end_ ? newline + 1 : end_;
    if (!too_long_) return line;
    too_long_ = false;
  }
  return nullptr;
}

}  // namespace memgov
