// Values of options: text to number, and nothing else.
//
// Safety: pure functions, any context. Each returns false, and leaves *value alone, for anything that is not
// wholly of its form: no sign, no blanks, nothing after the unit.
#ifndef MEMGOV_GOVERNOR_CONFIG_PARSE_H_
#define MEMGOV_GOVERNOR_CONFIG_PARSE_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

// Digits.
bool ParseCount(const char* text, int64_t* value);

// Digits with K, M, G or T (1024-based; optional B or iB; any case); none: bytes.
bool ParseByteCount(const char* text, int64_t* bytes);

// Digits with ns, us, ms, s, m or h; `off` and 0 are zero. A bare number is in `bare_unit_ns`; 0 there: not
// allowed.
bool ParseDuration(const char* text, int64_t bare_unit_ns, int64_t* nanoseconds);

// How a budget is held in one number: bytes above 0, -1 to -100 for percent, and these two.
constexpr int64_t kBudgetOff = 0;
constexpr int64_t kBudgetAuto = INT64_MIN;

// Bytes, but not 0, or "1%" to "100%".
bool ParseShare(const char* text, int64_t* value);

// The same, or auto, or off.
bool ParseBudget(const char* text, int64_t* value);

// 1, on, yes, true; 0, off, no, false.
bool ParseSwitch(const char* text, int64_t* value);

// One of "first|second|third": its position.
bool ParseChoice(const char* text, const char* choices, int64_t* value);

// A group's number, or kGroupByName for a name as groupadd(8) takes it: a letter or _ first, then letters,
// digits, _, - and ., 32 bytes at most.
constexpr int64_t kGroupByName = -1;
bool ParseGroup(const char* text, int64_t* group);

// Begins with a slash and has at most so many bytes.
bool IsAbsolutePath(const char* text, size_t most_bytes);

// What dlopen takes: such a path, or a name for it to look up, without a slash and with at most so many
// bytes.
bool IsLibraryName(const char* text, size_t most_bytes);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_CONFIG_PARSE_H_
