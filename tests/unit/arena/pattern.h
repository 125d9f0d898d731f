// pattern.h: content that says whose it is, so that a block which somebody else wrote to, or which moved
// without its content, shows.
//
// Safety: pure functions on memory of the caller's.
#ifndef MEMGOV_TESTS_UNIT_ARENA_PATTERN_H_
#define MEMGOV_TESTS_UNIT_ARENA_PATTERN_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace memgov::arena {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Never 0, so that zeroed memory is nobody's.
inline uint64_t PatternWord(uint64_t seed, size_t index) { return (seed + index) * 0x9E3779B97F4A7C15u | 1; }

inline void FillPattern(void* block, size_t bytes, uint64_t seed) {
  char* at = static_cast<char*>(block);
  size_t index = 0;
  for (; bytes >= 8; bytes -= 8, at += 8) {
    const uint64_t word = PatternWord(seed, index++);
    std::memcpy(at, &word, 8);
  }
  const uint64_t word = PatternWord(seed, index);
  std::memcpy(at, &word, bytes);
}

// All of the block's first `bytes`.
inline bool HasPattern(const void* block, size_t bytes, uint64_t seed) {
  const char* at = static_cast<const char*>(block);
  size_t index = 0;
  uint64_t difference = 0;
  for (; bytes >= 8; bytes -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    difference |= word ^ PatternWord(seed, index++);
  }
  const uint64_t word = PatternWord(seed, index);
  return difference == 0 && std::memcmp(at, &word, bytes) == 0;
}

inline bool IsZero(const void* block, size_t bytes) {
  const char* at = static_cast<const char*>(block);
  return bytes == 0 || (at[0] == 0 && std::memcmp(at, at + 1, bytes - 1) == 0);
}

}  // namespace memgov::arena

#endif  // MEMGOV_TESTS_UNIT_ARENA_PATTERN_H_
