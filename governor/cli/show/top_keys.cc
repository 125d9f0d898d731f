#include "governor/cli/show/top_keys.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace memgov::cli {
namespace {

struct Binding {
  char letter;
  Key key;
};

constexpr std::array kLetters = {Binding{'q', {KeyKind::kQuit}},
                                 Binding{'j', {KeyKind::kDown}},
                                 Binding{'k', {KeyKind::kUp}},
                                 Binding{'m', {KeyKind::kSort, "rss"}},
                                 Binding{'l', {KeyKind::kSort, "live"}},
                                 Binding{'h', {KeyKind::kSort, "held"}},
                                 Binding{'p', {KeyKind::kSort, "pid"}},
                                 Binding{'r', {KeyKind::kSort, "rung"}},
                                 Binding{'b', {KeyKind::kSort, "budget"}},
                                 Binding{'t', {KeyKind::kSort, "threads"}}};

// What follows the escape character and the bracket, less parameters.
constexpr std::array kFinals = {Binding{'A', {KeyKind::kUp}}, Binding{'B', {KeyKind::kDown}}};
constexpr std::array kParameters = {Binding{'5', {KeyKind::kPageUp}}, Binding{'6', {KeyKind::kPageDown}}};

template <size_t kCount>
void Add(const std::array<Binding, kCount>& bindings, char letter, std::vector<Key>& keys) {
  for (const Binding& binding : bindings) {
    if (binding.letter == letter) keys.push_back(binding.key);
  }
}

// Bytes of the sequence at the beginning of `bytes`, which is an escape character.
size_t ParseSequence(std::string_view bytes, std::vector<Key>& keys) {
  if (bytes.size() < 2 || (bytes[1] != '[' && bytes[1] != 'O')) return 1;
  const auto is_final = [](char c) { return c >= 0x40 && c <= 0x7E; };
  const auto* final_byte = std::find_if(bytes.begin() + 2, bytes.end(), is_final);
  if (final_byte == bytes.end()) return bytes.size();
  if (*final_byte == '~') {
    Add(kParameters, bytes[2], keys);
  } else {
    Add(kFinals, *final_byte, keys);
  }
  return static_cast<size_t>(final_byte - bytes.begin()) + 1;
}

}  // namespace

std::vector<Key> ParseKeys(std::string_view bytes) {
  std::vector<Key> keys;
  while (!bytes.empty()) {
    size_t taken = 1;
    if (bytes.front() == '\x1b') {
      taken = ParseSequence(bytes, keys);
    } else {
      Add(kLetters, bytes.front(), keys);
    }
    bytes.remove_prefix(taken);
  }
  return keys;
}

}  // namespace memgov::cli
