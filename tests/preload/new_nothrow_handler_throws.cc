// A new handler may throw std::bad_alloc; nothrow new must swallow it and return NULL.
#include <new>

#include "preload_check.h"

namespace {
int calls;

void Handler() {
  ++calls;
  throw std::bad_alloc();
}
}  // namespace

int main() {
  std::set_new_handler(Handler);
  CHECK(::operator new(Opaque(SIZE_MAX / 2), std::nothrow) == nullptr);
  CHECK(::operator new[](Opaque(SIZE_MAX / 2), std::nothrow) == nullptr);
  CHECK(::operator new (Opaque(SIZE_MAX / 2), std::align_val_t{64}, std::nothrow) == nullptr);
  CHECK(::operator new[](Opaque(SIZE_MAX / 2), std::align_val_t{64}, std::nothrow) == nullptr);
  CHECK_EQ(calls, 4);
}
