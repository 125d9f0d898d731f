#include "answer_channel.h"

#include <utility>

namespace llm_gateway {
namespace {

constexpr size_t kMostPieces = 8;

}  // namespace

bool AnswerChannel::HasRoom() const { return given_up_ || pieces_.size() < kMostPieces; }

void AnswerChannel::Begin(AnswerHead head) {
  absl::MutexLock lock(&mutex_);
  head_ = std::move(head);
}

bool AnswerChannel::Write(std::string piece) {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &AnswerChannel::HasRoom));
  if (given_up_) return false;
  pieces_.push_back(std::move(piece));
  return true;
}

void AnswerChannel::Finish() {
  absl::MutexLock lock(&mutex_);
  finished_ = true;
}

AnswerHead AnswerChannel::WaitForHead() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &AnswerChannel::HasHead));
  return *head_;
}

std::optional<std::string> AnswerChannel::Read() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &AnswerChannel::HasNews));
  if (pieces_.empty()) return std::nullopt;
  std::string piece = std::move(pieces_.front());
  pieces_.pop_front();
  return piece;
}

void AnswerChannel::GiveUp() {
  absl::MutexLock lock(&mutex_);
  given_up_ = true;
  pieces_.clear();
}

}  // namespace llm_gateway
