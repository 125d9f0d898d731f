// AnswerChannel: carries one answer from the worker that computes it to the HTTP thread that writes it.
//
// Safety: one writer and one reader, each on its own thread. Bounded: a slow client holds its worker back.
// Assumptions: the writer calls Begin first and Finish last; the reader may give up at any time.
#ifndef EXAMPLES_LLM_GATEWAY_ANSWER_CHANNEL_H_
#define EXAMPLES_LLM_GATEWAY_ANSWER_CHANNEL_H_

#include <deque>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace llm_gateway {

// What must be known before the first byte of a response is written.
struct AnswerHead {
  int status = 200;
  bool stream = false;
  std::string error;  // empty for status 200
};

class AnswerChannel {
 public:
  // Writer's side.
  void Begin(AnswerHead head);
  // Waits while the channel is full. False once the reader has given up.
  bool Write(std::string piece);
  void Finish();

  // Reader's side.
  AnswerHead WaitForHead();
  // The next piece; nothing after the last one.
  std::optional<std::string> Read();
  void GiveUp();

 private:
  bool HasHead() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return head_.has_value(); }
  bool HasRoom() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool HasNews() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return finished_ || !pieces_.empty(); }

  absl::Mutex mutex_;
  std::optional<AnswerHead> head_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::string> pieces_ ABSL_GUARDED_BY(mutex_);
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool given_up_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_ANSWER_CHANNEL_H_
