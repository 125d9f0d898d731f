// A size nobody can have: operator new throws std::bad_alloc that the caller can catch.
#include <new>

#include "preload_check.h"

namespace {
template <typename Call>
bool Throws(Call call) {
  try {
    Escape(call());
  } catch (const std::bad_alloc& error) {
    return error.what() != nullptr;
  }
  return false;
}
}  // namespace

int main() {
  for (int round = 0; round < 100; ++round) {
    CHECK(Throws([] { return ::operator new(Opaque(SIZE_MAX)); }));
    CHECK(Throws([] { return ::operator new[](Opaque(SIZE_MAX / 2 + 1)); }));
    CHECK(Throws([] { return ::operator new(Opaque(size_t{PTRDIFF_MAX})); }));
    CHECK(Throws([] { return static_cast<void*>(new char[Opaque(size_t{1} << 62)]); }));
  }
  delete new int(3);
}
