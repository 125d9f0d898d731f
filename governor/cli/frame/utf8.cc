#include "governor/cli/frame/utf8.h"

#include <algorithm>
#include <array>

namespace memgov::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kNoCells = {Range{0x0300, 0x036F},  Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                 Range{0x064B, 0x065F},  Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
                                 Range{0x20D0, 0x20FF},  Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F},
                                 Range{0xE0100, 0xE01EF}};
constexpr std::array kTwoCells = {Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0xA4CF},
                                  Range{0xA960, 0xA97C},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
                                  Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6},
                                  Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1FAFF},
                                  Range{0x20000, 0x3FFFD}};

template <size_t kCount>
bool IsIn(const std::array<Range, kCount>& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(), [character](const Range& range) {
    return character >= range.first && character <= range.last;
  });
}

// Length by the first byte, its payload, and the least character that needs this length.
struct Form {
  size_t bytes;
  char32_t payload;
  char32_t least;
};

Form FormOf(unsigned char first) {
  if (first < 0x80) return {1, first, 0};
  if ((first & 0xE0) == 0xC0) return {2, first & 0x1Fu, 0x80};
  if ((first & 0xF0) == 0xE0) return {3, first & 0x0Fu, 0x800};
  if ((first & 0xF8) == 0xF0) return {4, first & 0x07u, 0x10000};
  return {0, 0, 0};
}

}  // namespace

size_t DecodeUtf8(std::string_view text, char32_t* character) {
  if (text.empty()) return 0;
  const Form form = FormOf(static_cast<unsigned char>(text.front()));
  if (form.bytes == 0 || form.bytes > text.size()) return 0;
  char32_t value = form.payload;
  for (const char c : text.substr(1, form.bytes - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) return 0;
    value = (value << 6) | (byte & 0x3Fu);
  }
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < form.least || value > 0x10FFFF || is_surrogate) return 0;
  *character = value;
  return form.bytes;
}

int CellsOf(char32_t character) {
  if (character < 0x0300) return 1;
  if (IsIn(kNoCells, character)) return 0;
  return IsIn(kTwoCells, character) ? 2 : 1;
}

int CellsOf(std::string_view text) {
  int cells = 0;
  while (!text.empty()) {
    char32_t character = 0;
    const size_t bytes = DecodeUtf8(text, &character);
    cells += bytes == 0 ? 1 : CellsOf(character);
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return cells;
}

std::string CutToCells(std::string_view text, int cells, std::string_view mark) {
  if (CellsOf(text) <= cells) return std::string(text);
  const int mark_cells = CellsOf(mark);
  if (cells <= mark_cells) return cells == mark_cells ? std::string(mark) : std::string();
  size_t kept = 0;
  for (int used = 0; kept < text.size();) {
    char32_t character = 0;
    const size_t bytes = DecodeUtf8(text.substr(kept), &character);
    used += bytes == 0 ? 1 : CellsOf(character);
    if (used > cells - mark_cells) break;
    kept += std::max<size_t>(bytes, 1);
  }
  return std::string(text.substr(0, kept)) + std::string(mark);
}

}  // namespace memgov::cli
