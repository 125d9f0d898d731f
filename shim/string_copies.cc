#include "shim/string_copies.h"

#include <atomic>

#include "shim/bystander.h"
#include "shim/next_symbol.h"

namespace memgov::surface {
namespace {

using Copy = char*(const char*);
using CopyOf = char*(const char*, size_t);

// Relaxed: racing threads find the same address.
constinit std::atomic<Copy*> libc_copy{nullptr};
constinit std::atomic<CopyOf*> libc_copy_of{nullptr};
constinit std::atomic<Copy*> next_copy{nullptr};
constinit std::atomic<CopyOf*> next_copy_of{nullptr};

template <typename F>
F* InLibc(std::atomic<F*>& slot, const char* name) {
  F* found = slot.load(std::memory_order_relaxed);
  if (found != nullptr) return found;
  found = reinterpret_cast<F*>(FindSymbolBeside(FindFirstSymbol("gnu_get_libc_version"), name));
  if (found == nullptr) found = reinterpret_cast<F*>(FindNextSymbol(name));
  slot.store(found, std::memory_order_relaxed);
  return found;
}

bool OthersServe() { return IsSanitized() || Bystander(); }

}  // namespace

char* StringCopy(const char* text) {
  Copy* copy = OthersServe() ? FindNextOnce(next_copy, "strdup") : InLibc(libc_copy, "strdup");
  return copy(text);
}

char* StringCopyOf(const char* text, size_t most) {
  CopyOf* copy = OthersServe() ? FindNextOnce(next_copy_of, "strndup") : InLibc(libc_copy_of, "strndup");
  return copy(text, most);
}

}  // namespace memgov::surface
