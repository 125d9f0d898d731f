// What was pressed while memgov top is on the screen.
#ifndef MEMGOV_GOVERNOR_CLI_SHOW_TOP_KEYS_H_
#define MEMGOV_GOVERNOR_CLI_SHOW_TOP_KEYS_H_

#include <string_view>
#include <vector>

namespace memgov::cli {

enum class KeyKind { kQuit, kUp, kDown, kPageUp, kPageDown, kSort };

struct Key {
  KeyKind kind;
  const char* sort = "";  // of kSort: as SortRows takes it
};

// From the bytes that a terminal sent; arrows in both of their forms (ECMA-48, and VT100's application mode),
// j and k. What means nothing is left out, sequences as a whole.
std::vector<Key> ParseKeys(std::string_view bytes);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_SHOW_TOP_KEYS_H_
