// The new handler is called again and again until it gives up: here by removing itself, then by throwing.
#include <new>

#include "preload_check.h"

namespace {
int calls;

struct GaveUp {};

void RemoveItselfAfterThree() {
  if (++calls == 3) std::set_new_handler(nullptr);
}

void ThrowAfterTwo() {
  if (++calls == 2) throw GaveUp{};
}
}  // namespace

int main() {
  std::set_new_handler(RemoveItselfAfterThree);
  bool bad_alloc = false;
  try {
    Escape(::operator new(Opaque(SIZE_MAX / 2)));
  } catch (const std::bad_alloc&) {
    bad_alloc = true;
  }
  CHECK(bad_alloc);
  CHECK_EQ(calls, 3);

  calls = 0;
  std::set_new_handler(ThrowAfterTwo);
  bool gave_up = false;
  try {
    Escape(::operator new[](Opaque(SIZE_MAX / 2), std::align_val_t{128}));
  } catch (const GaveUp&) {
    gave_up = true;
  }
  CHECK(gave_up);
  CHECK_EQ(calls, 2);
}
