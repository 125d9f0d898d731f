// One-line messages: built in a buffer on the stack, written by one write(2).
//
// Safety: any thread, no allocation, errno kept. Text that does not fit is cut, the newline stays.
#ifndef MEMGOV_GOVERNOR_BASE_MESSAGE_H_
#define MEMGOV_GOVERNOR_BASE_MESSAGE_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

template <size_t kCapacity>
class TextBuffer;

// Appends text and numbers to a buffer that somebody else owns.
class TextWriter {
 public:
  TextWriter(char* buffer, size_t capacity) : buffer_(buffer), capacity_(capacity) {}

  TextWriter& Text(const char* text);
  TextWriter& Number(uint64_t value);
  TextWriter& Hex(uint64_t value);
  // "512 B", "12.3 KB", "1.4 MB", "2.0 GB": 1024-based, one decimal.
  TextWriter& Bytes(uint64_t bytes);
  // "850 ns", "12.3 us", "4.5 ms", "1.2 s".
  TextWriter& Duration(uint64_t nanoseconds);
  // Spaces up to column `column` of the current line (at least one).
  TextWriter& Column(size_t column);
  TextWriter& Line();

  const char* data() const { return buffer_; }
  size_t size() const { return size_; }

 private:
  void Character(char c);
  TextWriter& Tenths(uint64_t tenths, const char* unit);

  char* buffer_;
  size_t capacity_;
  size_t size_ = 0;
  size_t line_start_ = 0;
};

template <size_t kCapacity>
class TextBuffer : public TextWriter {
 public:
  TextBuffer() : TextWriter(storage_, kCapacity) {}

 private:
  char storage_[kCapacity];
};

// Writes all of it to standard error. On a thread with a descriptor table of its own (see below) the
// process's standard error of this moment is borrowed for the call.
void EmitText(const TextWriter& text);

// Keeps a copy of descriptor 2 for what is to be said at exit: some programs (coreutils) close theirs before
// our destructor runs. Only for those who asked for a report or a summary.
void KeepStandardError();

// Says that this thread's descriptor 2 is not the process's.
void UsePrivateDescriptors();

// "memgov: " + text, in one line.
class Message {
 public:
  Message() { text_.Text("memgov: "); }
  ~Message() {
    text_.Line();
    EmitText(text_);
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  TextWriter* operator->() { return &text_; }

 private:
  TextBuffer<480> text_;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_MESSAGE_H_
