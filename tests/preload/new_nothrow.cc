// nothrow new returns NULL where memory is not to be had, and calls the new handler first.
#include <new>

#include "preload_check.h"

namespace {
int calls;

void Handler() {
  if (++calls == 5) std::set_new_handler(nullptr);
}
}  // namespace

int main() {
  CHECK(::operator new(Opaque(SIZE_MAX), std::nothrow) == nullptr);
  CHECK(::operator new[](Opaque(SIZE_MAX / 2), std::nothrow) == nullptr);
  std::set_new_handler(Handler);
  CHECK(::operator new(Opaque(SIZE_MAX / 2), std::nothrow) == nullptr);
  CHECK_EQ(calls, 5);
  void* block = ::operator new(100, std::nothrow);
  CHECK(block != nullptr);
  ::operator delete(block);
}
