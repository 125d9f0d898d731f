// Files of the kernel line by line, whatever their size, in a small buffer: memory.stat and mountinfo may be
// larger than what a small stack holds.
//
// Safety: one thread; no allocation; the descriptor is closed with the object; errno is kept.
#ifndef MEMGOV_GOVERNOR_PRESSURE_LINE_READER_H_
#define MEMGOV_GOVERNOR_PRESSURE_LINE_READER_H_

#include <stddef.h>

namespace memgov {

class LineReader {
 public:
  // The buffer belongs to the caller; lines of `capacity` bytes and more are left out.
  LineReader(const char* path, char* buffer, size_t capacity);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  bool IsOpen() const { return descriptor_ >= 0; }
  // The next line without its newline, valid and the caller's to change until the next call; nullptr at the
  // end and on errors.
  char* Next();

 private:
  bool Refill();
  size_t FindNewline() const;  // end_ without one

  const int descriptor_;
  char* const buffer_;
  const size_t capacity_;
  size_t begin_ = 0;       // of what is not handed out yet
  size_t end_ = 0;         // of what was read
  bool too_long_ = false;  // what is in the buffer continues a line that did not fit
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_PRESSURE_LINE_READER_H_
