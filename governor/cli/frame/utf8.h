// Text of other processes, a character at a time: what is UTF-8, and how wide it is on a terminal.
//
// Safety: pure functions. Assumptions: East Asian wide characters take two cells, marks that combine none;
// ranges by Unicode 15's EastAsianWidth.txt and UnicodeData.txt, whole blocks where a block is nearly all of
// one kind.
#ifndef MEMGOV_GOVERNOR_CLI_FRAME_UTF8_H_
#define MEMGOV_GOVERNOR_CLI_FRAME_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace memgov::cli {

// Bytes of the first character of `text`, and the character; 0 where it does not begin with a whole one (RFC
// 3629: no overlong forms, no surrogates).
size_t DecodeUtf8(std::string_view text, char32_t* character);

// 0, 1 or 2 cells.
int CellsOf(char32_t character);

// Cells of the whole text. A byte that is no UTF-8 counts one.
int CellsOf(std::string_view text);

// `text` if it fits `cells`, else its beginning and `mark` ("…").
std::string CutToCells(std::string_view text, int cells, std::string_view mark);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_FRAME_UTF8_H_
