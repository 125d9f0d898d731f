#include "governor/base/text.h"
#include "governor/pressure/watch.h"

namespace memgov {
namespace {

int SextetOf(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// How many of the four characters carry data: 4, 3 ("xxx="), 2 ("xx=="); 0 for what is no group.
int DataCharacters(const char* group) {
  int data = 0;
  while (data < 4 && SextetOf(group[data]) >= 0) ++data;
  if (data < 2) return 0;
  for (int index = data; index < 4; ++index) {
    if (group[index] != '=') return 0;
  }
  return data == 4 || group[4] == '\0' ? data : 0;
}

}  // namespace

const char* WatchStateName(WatchState state) {
  constexpr const char* kNames[] = {"absent", "watched", "polled", "off"};
  return kNames[static_cast<int>(state)];
}

bool ParsePsiTotal(const char* text, uint64_t* some_us) {
  const char* rest = SkipPrefix(text, "some ");
  if (rest == nullptr) return false;
  for (; *rest != '\0' && *rest != '\n'; ++rest) {
    const char* digits = rest[-1] == ' ' ? SkipPrefix(rest, "total=") : nullptr;
    if (digits == nullptr) continue;
    uint64_t total = 0;
    const char* end = ParseDigits(digits, &total);
    if (end == nullptr || (*end != '\n' && *end != '\0')) return false;
    *some_us = total;
    return true;
  }
  return false;
}

long DecodeBase64(const char* text, char* out, size_t capacity) {
  size_t size = 0;
  for (; *text != '\0'; text += 4) {
    const int data = DataCharacters(text);
    if (data == 0) return -1;
    uint32_t bits = 0;
    for (int index = 0; index < data; ++index) {
      bits |= static_cast<uint32_t>(SextetOf(text[index])) << (18 - 6 * index);
    }
    const size_t bytes = static_cast<size_t>(data - 1);
    if ((bits & (0xffffffU >> (8 * bytes))) != 0 || size + bytes > capacity) return -1;
    for (size_t index = 0; index < bytes; ++index) {
      out[size++] = static_cast<char>(bits >> (16 - 8 * index));
    }
  }
  return static_cast<long>(size);
}

}  // namespace memgov
