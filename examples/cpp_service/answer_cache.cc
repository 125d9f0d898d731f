#include "answer_cache.h"

namespace cpp_service {

std::optional<std::string> AnswerCache::Find(std::string_view body) const {
  const std::lock_guard hold(mutex_);
  const auto found = answers_.find(Text(body));
  if (found == answers_.end()) return std::nullopt;
  return std::string(found->second);
}

void AnswerCache::Keep(std::string_view body, std::string_view answer) {
  const std::lock_guard hold(mutex_);
  if (answers_.size() >= most_bodies_) answers_.clear();
  answers_.insert_or_assign(Text(body, &memory_), Text(answer, &memory_));
}

void AnswerCache::Drop() {
  const std::lock_guard hold(mutex_);
  answers_.clear();
  answers_.rehash(0);
}

}  // namespace cpp_service
