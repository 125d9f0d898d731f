// Text for a caller whose buffer may be too small: keeps what fits, counts all of it, as snprintf does.
//
// Safety: one thread; no allocation. The text comes in pieces that others made (message.h), each whole.
#ifndef MEMGOV_GOVERNOR_TELEMETRY_TEXT_SINK_H_
#define MEMGOV_GOVERNOR_TELEMETRY_TEXT_SINK_H_

#include <stddef.h>
#include <string.h>

#include "governor/base/message.h"

namespace memgov {

class TextSink {
 public:
  // Ends in a NUL from the start, where there is room for one. `out` may be nullptr when capacity is 0.
  TextSink(char* out, size_t capacity) : out_(out), capacity_(capacity) {
    if (capacity_ > 0) out_[0] = '\0';
  }

  TextSink& Append(const TextWriter& piece) {
    const size_t room = total_ + 1 < capacity_ ? capacity_ - 1 - total_ : 0;
    const size_t fits = piece.size() < room ? piece.size() : room;
    if (fits > 0) {
      memcpy(out_ + total_, piece.data(), fits);
      out_[total_ + fits] = '\0';
    }
    total_ += piece.size();
    return *this;
  }

  // Without the NUL, whether it fitted or not.
  size_t total() const { return total_; }

 private:
  char* out_;
  size_t capacity_;
  size_t total_ = 0;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_TELEMETRY_TEXT_SINK_H_
