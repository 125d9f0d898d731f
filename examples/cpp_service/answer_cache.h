// The answers to bodies that were seen lately, in memory that counts for pool "answers".
//
// Safety: any thread. Under pressure Drop gives everything back; a lookup then misses, and nothing else
// changes.
#ifndef CPP_SERVICE_ANSWER_CACHE_H_
#define CPP_SERVICE_ANSWER_CACHE_H_

#include <cstddef>
#include <memgov/pool_resource.hpp>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cpp_service {

class AnswerCache {
 public:
  explicit AnswerCache(size_t most_bodies) : most_bodies_(most_bodies) {}

  std::optional<std::string> Find(std::string_view body) const;
  // When it is full it starts anew.
  void Keep(std::string_view body, std::string_view answer);
  void Drop();

 private:
  using Text = std::pmr::string;

  const size_t most_bodies_;
  mutable std::mutex mutex_;
  memgov::pool_resource memory_{"answers"};
  std::pmr::unordered_map<Text, Text> answers_{&memory_};
};

}  // namespace cpp_service

#endif  // CPP_SERVICE_ANSWER_CACHE_H_
