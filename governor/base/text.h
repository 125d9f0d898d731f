// Text without the C library's locale, allocation or stdio: what option parsing and one-line messages need.
//
// Safety: pure functions, any context.
#ifndef MEMGOV_GOVERNOR_BASE_TEXT_H_
#define MEMGOV_GOVERNOR_BASE_TEXT_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

size_t TextLength(const char* text);
bool TextEqual(const char* a, const char* b);

// What follows `prefix` in `text`; nullptr when text does not begin with it.
const char* SkipPrefix(const char* text, const char* prefix);

// Reads decimal digits; at least one. Returns what follows them; nullptr for none or a value beyond 64 bits.
const char* ParseDigits(const char* text, uint64_t* value);

// Does `text` match `pattern`, where * stands for any run of characters and ? for any one?
bool GlobMatch(const char* pattern, const char* text);

// Copies at most capacity - 1 characters of [begin, end) and a NUL.
void CopyText(char* out, size_t capacity, const char* begin, const char* end);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_TEXT_H_
