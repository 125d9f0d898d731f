#include "session_cache.h"

#include <utility>

namespace llm_gateway {
namespace {

constexpr size_t kMostTurns = 8;

size_t BytesOf(const Turn& turn) { return sizeof(Turn) + turn.question.capacity() + turn.answer.capacity(); }

}  // namespace

std::string SessionCache::LatestAnswer(const std::string& session) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_id_.find(session);
  if (found == by_id_.end()) return "";
  sessions_.splice(sessions_.begin(), sessions_, found->second);
  return found->second->turns.empty() ? "" : found->second->turns.back().answer;
}

void SessionCache::Remember(const std::string& session, Turn turn) {
  const size_t turn_bytes = BytesOf(turn);
  if (turn_bytes > limit_bytes_) return;
  absl::MutexLock lock(&mutex_);
  const auto place = Touch(session);
  if (place->turns.size() == kMostTurns) DropOldestTurn(*place);
  place->turns.push_back(std::move(turn));
  bytes_ += turn_bytes;
  while (bytes_ > limit_bytes_ && sessions_.size() > 1) EvictOldestSession();
  while (bytes_ > limit_bytes_) DropOldestTurn(*place);
}

size_t SessionCache::DropOldest(size_t bytes) {
  absl::MutexLock lock(&mutex_);
  const size_t before = bytes_;
  while (!sessions_.empty() && before - bytes_ < bytes) EvictOldestSession();
  return before - bytes_;
}

CacheUse SessionCache::Use() const {
  absl::MutexLock lock(&mutex_);
  return {.sessions = sessions_.size(), .bytes = bytes_, .evictions = evictions_};
}

SessionCache::Sessions::iterator SessionCache::Touch(const std::string& session) {
  const auto found = by_id_.find(session);
  if (found != by_id_.end()) {
    sessions_.splice(sessions_.begin(), sessions_, found->second);
    return found->second;
  }
  sessions_.push_front({.id = session, .turns = {}});
  by_id_.emplace(session, sessions_.begin());
  return sessions_.begin();
}

void SessionCache::DropOldestTurn(Session& session) {
  bytes_ -= BytesOf(session.turns.front());
  session.turns.pop_front();
}

void SessionCache::EvictOldestSession() {
  Session& oldest = sessions_.back();
  while (!oldest.turns.empty()) DropOldestTurn(oldest);
  by_id_.erase(oldest.id);
  sessions_.pop_back();
  ++evictions_;
}

}  // namespace llm_gateway
