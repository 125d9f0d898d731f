#include "governor/config/parse.h"

#include "governor/base/text.h"

namespace memgov {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EqualIgnoringCase(const char* a, const char* b) {
  for (; *a != '\0' && Lower(*a) == Lower(*b); ++a, ++b) {
  }
  return *a == '\0' && *b == '\0';
}

// value * factor, within the non-negative half of 64 bits.
bool Scale(uint64_t value, int64_t factor, int64_t* out) {
  int64_t result = 0;
  if (value > INT64_MAX || __builtin_mul_overflow(static_cast<int64_t>(value), factor, &result)) return false;
  *out = result;
  return true;
}

bool IsByteSuffix(const char* text) {
  return *text == '\0' || EqualIgnoringCase(text, "b") || EqualIgnoringCase(text, "ib");
}

}  // namespace

bool ParseCount(const char* text, int64_t* value) {
  uint64_t digits = 0;
  const char* end = ParseDigits(text, &digits);
  return end != nullptr && *end == '\0' && Scale(digits, 1, value);
}

bool ParseByteCount(const char* text, int64_t* bytes) {
  uint64_t digits = 0;
  const char* unit = ParseDigits(text, &digits);
  if (unit == nullptr) return false;
  if (*unit == '\0' || EqualIgnoringCase(unit, "b")) return Scale(digits, 1, bytes);
  constexpr char kUnits[] = "kmgt";
  int64_t factor = 1;
  for (const char letter : kUnits) {
    if (letter == '\0') return false;
    factor *= 1024;
    if (Lower(*unit) == letter) return IsByteSuffix(unit + 1) && Scale(digits, factor, bytes);
  }
  return false;
}

bool ParseDuration(const char* text, int64_t bare_unit_ns, int64_t* nanoseconds) {
  if (EqualIgnoringCase(text, "off")) {
    *nanoseconds = 0;
    return true;
  }
  uint64_t digits = 0;
  const char* unit = ParseDigits(text, &digits);
  if (unit == nullptr) return false;
  if (*unit == '\0') return (bare_unit_ns != 0 || digits == 0) && Scale(digits, bare_unit_ns, nanoseconds);
  struct Unit {
    const char* name;
    int64_t factor;
  };
  constexpr int64_t kSecond = 1000000000;
  constexpr Unit kUnits[] = {{"ns", 1},      {"us", 1000},        {"ms", 1000000},
                             {"s", kSecond}, {"m", 60 * kSecond}, {"h", 3600 * kSecond}};
  for (const Unit& candidate : kUnits) {
    if (TextEqual(unit, candidate.name)) return Scale(digits, candidate.factor, nanoseconds);
  }
  return false;
}

bool ParseShare(const char* text, int64_t* value) {
  uint64_t digits = 0;
  const char* unit = ParseDigits(text, &digits);
  if (unit != nullptr && TextEqual(unit, "%")) {
    if (digits < 1 || digits > 100) return false;
    *value = -static_cast<int64_t>(digits);
    return true;
  }
  return digits != 0 && ParseByteCount(text, value);
}

bool ParseBudget(const char* text, int64_t* value) {
  const bool is_auto = EqualIgnoringCase(text, "auto");
  if (!is_auto && !EqualIgnoringCase(text, "off")) return ParseShare(text, value);
  *value = is_auto ? kBudgetAuto : kBudgetOff;
  return true;
}

bool ParseSwitch(const char* text, int64_t* value) {
  constexpr const char* kOn[] = {"1", "on", "yes", "true"};
  constexpr const char* kOff[] = {"0", "off", "no", "false"};
  for (int index = 0; index < 4; ++index) {
    const bool on = EqualIgnoringCase(text, kOn[index]);
    if (!on && !EqualIgnoringCase(text, kOff[index])) continue;
    *value = on ? 1 : 0;
    return true;
  }
  return false;
}

bool ParseChoice(const char* text, const char* choices, int64_t* value) {
  int64_t position = 0;
  for (const char* choice = choices;; ++position) {
    const char* rest = text;
    for (; *choice != '\0' && *choice != '|' && Lower(*rest) == *choice; ++choice, ++rest) {
    }
    if (*rest == '\0' && rest != text && (*choice == '\0' || *choice == '|')) {
      *value = position;
      return true;
    }
    while (*choice != '\0' && *choice != '|') ++choice;
    if (*choice == '\0') return false;
    ++choice;
  }
}

bool ParseGroup(const char* text, int64_t* group) {
  constexpr int64_t kMostId = int64_t{UINT32_MAX} - 1;  // the last is "no change" to chown(2)
  constexpr size_t kMostBytes = 32;                     // groupadd(8)
  int64_t number = 0;
  if (ParseCount(text, &number)) {
    if (number > kMostId) return false;
    *group = number;
    return true;
  }
  const auto is_letter = [](char c) { return (Lower(c) >= 'a' && Lower(c) <= 'z') || c == '_'; };
  if (!is_letter(*text)) return false;
  size_t length = 0;
  for (; text[length] != '\0'; ++length) {
    const char c = text[length];
    const bool fits = is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!fits || length == kMostBytes) return false;
  }
  *group = kGroupByName;
  return true;
}

bool IsAbsolutePath(const char* text, size_t most_bytes) {
  if (*text != '/') return false;
  for (size_t length = 0; length <= most_bytes; ++length) {
    if (text[length] == '\0') return true;
  }
  return false;
}

bool IsLibraryName(const char* text, size_t most_bytes) {
  if (*text == '/') return IsAbsolutePath(text, most_bytes);
  size_t length = 0;
  while (text[length] != '\0' && text[length] != '/' && length < most_bytes) ++length;
  return length != 0 && text[length] == '\0';
}

}  // namespace memgov
