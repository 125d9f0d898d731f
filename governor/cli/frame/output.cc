#include "governor/cli/frame/output.h"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/utf8.h"
#include "governor/cli/frame/views.h"

namespace memgov::cli {
namespace {

// Truncated, not rounded: 1023.99 KB must not read "1024.0 KB", nor a limit look reached before it is.
std::string Tenths(uint64_t value, uint64_t unit, std::string_view suffix) {
  return absl::StrCat(value / unit, ".", value % unit * 10 / unit, " ", View(suffix));
}

// Of Unicode's characters those that would move the cursor, or turn or hide what follows them: C0, DEL and
// C1, zero-width and line separators, and the marks for the direction of text (https://trojansource.codes).
bool IsControl(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0xFEFF ||
         (character >= 0x200B && character <= 0x200F) || (character >= 0x2028 && character <= 0x202E) ||
         (character >= 0x2060 && character <= 0x206F) || character == 0x061C;
}

// Digits, and at most one point with digits after it.
bool IsDecimal(std::string_view text) {
  bool point = false;
  for (size_t index = 0; index < text.size(); ++index) {
    const bool is_point = text[index] == '.';
    if (is_point ? point || index == 0 || index + 1 == text.size() : !absl::ascii_isdigit(text[index]))
      return false;
    point = point || is_point;
  }
  return !text.empty();
}

// "", "K", "KB", "KiB", ... of any case; 0 for another one.
double FactorOf(std::string_view unit) {
  if (unit.empty() || absl::EqualsIgnoreCase(View(unit), "b")) return 1;
  constexpr std::string_view kLetters = "kmgt";
  const size_t power = kLetters.find(absl::ascii_tolower(unit.front()));
  const std::string_view rest = unit.substr(1);
  const bool is_suffix =
      rest.empty() || absl::EqualsIgnoreCase(View(rest), "b") || absl::EqualsIgnoreCase(View(rest), "ib");
  if (power == std::string_view::npos || !is_suffix) return 0;
  return std::ldexp(1.0, static_cast<int>(10 * (power + 1)));
}

}  // namespace

std::string FormatBytes(uint64_t bytes) {
  if (bytes == UINT64_MAX) return "unlimited";
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  constexpr std::array<std::string_view, 3> kUnits = {"KB", "MB", "GB"};
  size_t unit = 0;
  uint64_t divisor = 1024;
  while (unit + 1 < kUnits.size() && bytes / divisor >= 1024) {
    divisor *= 1024;
    ++unit;
  }
  return Tenths(bytes, divisor, kUnits[unit]);
}

std::string FormatDuration(absl::Duration duration) {
  if (duration < absl::ZeroDuration()) return absl::StrCat("-", cli::FormatDuration(-duration));
  if (duration == absl::InfiniteDuration()) return "for ever";
  const int64_t seconds = absl::ToInt64Seconds(duration);
  if (seconds >= 2 * 86400) return absl::StrCat(seconds / 86400, " d");
  if (seconds >= 2 * 3600) return absl::StrCat(seconds / 3600, " h");
  if (seconds >= 2 * 60) return absl::StrCat(seconds / 60, " min");
  const auto nanoseconds = static_cast<uint64_t>(absl::ToInt64Nanoseconds(duration));
  if (nanoseconds < 1000) return absl::StrCat(nanoseconds, " ns");
  if (nanoseconds < 1000000) return Tenths(nanoseconds, 1000, "us");
  if (nanoseconds < 1000000000) return Tenths(nanoseconds, 1000000, "ms");
  return Tenths(nanoseconds, 1000000000, "s");
}

absl::StatusOr<uint64_t> ParseBytes(std::string_view text, std::string_view what) {
  size_t digits = 0;
  while (digits < text.size() && (absl::ascii_isdigit(text[digits]) || text[digits] == '.')) ++digits;
  const std::string_view number = text.substr(0, digits);
  const double factor = FactorOf(text.substr(digits));
  double value = 0;
  uint64_t whole = 0;
  const bool is_number = IsDecimal(number) && absl::SimpleAtod(View(number), &value);
  constexpr double kTooMuch = 0x1p63;
  if (!is_number || factor == 0 || value * factor >= kTooMuch) {
    return absl::InvalidArgumentError(
        absl::StrCat(View(what), ": \"", Printable(text),
                     "\" is no number of bytes; allowed: 4096, 300M, 1.5G (K, M, G, T)"));
  }
  if (factor == 1 && absl::SimpleAtoi(View(number), &whole)) return whole;
  return static_cast<uint64_t>(value * factor);
}

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    char32_t character = 0;
    const size_t bytes = DecodeUtf8(text, &character);
    const std::string_view taken = text.substr(0, bytes == 0 ? 1 : bytes);
    if (bytes != 0 && !IsControl(character)) {
      out.append(taken);
    } else {
      for (const char byte : taken) absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(byte));
    }
    text.remove_prefix(taken.size());
  }
  return out;
}

}  // namespace memgov::cli
