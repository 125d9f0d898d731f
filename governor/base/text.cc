#include "governor/base/text.h"

namespace memgov {

size_t TextLength(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

bool TextEqual(const char* a, const char* b) {
  const char* rest = SkipPrefix(a, b);
  return rest != nullptr && *rest == '\0';
}

const char* SkipPrefix(const char* text, const char* prefix) {
  for (; *prefix != '\0'; ++prefix, ++text) {
    if (*text != *prefix) return nullptr;
  }
  return text;
}

const char* ParseDigits(const char* text, uint64_t* value) {
  if (*text < '0' || *text > '9') return nullptr;
  uint64_t result = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    if (__builtin_mul_overflow(result, 10, &result)) return nullptr;
    if (__builtin_add_overflow(result, static_cast<uint64_t>(*text - '0'), &result)) return nullptr;
  }
  *value = result;
  return text;
}

// Iterative with one point to fall back to (the last *): linear in practice, never exponential.
bool GlobMatch(const char* pattern, const char* text) {
  const char* star = nullptr;
  const char* resume = nullptr;
  while (*text != '\0') {
    if (*pattern == '*') {
      star = pattern++;
      resume = text;
    } else if (*pattern == '?' || *pattern == *text) {
      ++pattern;
      ++text;
    } else if (star != nullptr) {
      pattern = star + 1;
      text = ++resume;
    } else {
      return false;
    }
  }
  while (*pattern == '*') ++pattern;
  return *pattern == '\0';
}

void CopyText(char* out, size_t capacity, const char* begin, const char* end) {
  size_t length = 0;
  for (; begin != end && *begin != '\0' && length + 1 < capacity; ++begin) out[length++] = *begin;
  out[length] = '\0';
}

}  // namespace memgov
