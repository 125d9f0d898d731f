// SessionCache: the last turns of each conversation, bounded in bytes; the session unused longest goes first.
//
// Its blocks live for seconds to minutes and are allocated by whichever worker served the request, between
// the short-lived blocks of parsing. That mix is what makes a gateway's heap hard to give back.
//
// Safety: any thread; one lock.
#ifndef EXAMPLES_LLM_GATEWAY_SESSION_CACHE_H_
#define EXAMPLES_LLM_GATEWAY_SESSION_CACHE_H_

#include <deque>
#include <list>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace llm_gateway {

struct Turn {
  std::string question;
  std::string answer;
};

struct CacheUse {
  size_t sessions = 0;
  size_t bytes = 0;
  size_t evictions = 0;
};

class SessionCache {
 public:
  // `limit_bytes` bounds the text held; a turn that alone exceeds it is not kept.
  explicit SessionCache(size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // The latest answer of the session; empty where there is none.
  std::string LatestAnswer(const std::string& session) ABSL_LOCKS_EXCLUDED(mutex_);

  void Remember(const std::string& session, Turn turn) ABSL_LOCKS_EXCLUDED(mutex_);

  // Drops the sessions unused longest until at least `bytes` are dropped or none is left; how many bytes that
  // were.
  size_t DropOldest(size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);

  CacheUse Use() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Session {
    std::string id;
    std::deque<Turn> turns;
  };
  using Sessions = std::list<Session>;  // the one used last comes first

  Sessions::iterator Touch(const std::string& session) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropOldestTurn(Session& session) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void EvictOldestSession() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t limit_bytes_;
  mutable absl::Mutex mutex_;
  Sessions sessions_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Sessions::iterator> by_id_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t evictions_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_SESSION_CACHE_H_
