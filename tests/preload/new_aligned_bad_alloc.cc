// The aligned forms throw std::bad_alloc as well, and aligned nothrow returns NULL. SIZE_MAX itself is left
// out: libstdc++ 12 rounds it up to the alignment and gets 0.
#include <new>

#include "preload_check.h"

namespace {
bool Throws(size_t size, size_t alignment, bool array) {
  try {
    const std::align_val_t value{alignment};
    Escape(array ? ::operator new[](Opaque(size), value) : ::operator new(Opaque(size), value));
  } catch (const std::bad_alloc&) {
    return true;
  }
  return false;
}
}  // namespace

int main() {
  for (size_t alignment : {size_t{32}, size_t{4096}, size_t{1} << 21}) {
    for (size_t size : {SIZE_MAX / 2 + 1, SIZE_MAX / 4 * 3, size_t{PTRDIFF_MAX}, size_t{1} << 62}) {
      CHECK(Throws(size, alignment, false));
      CHECK(Throws(size, alignment, true));
      CHECK(::operator new (Opaque(size), std::align_val_t{alignment}, std::nothrow) == nullptr);
      CHECK(::operator new[](Opaque(size), std::align_val_t{alignment}, std::nothrow) == nullptr);
    }
  }
}
