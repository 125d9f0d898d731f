// Every operator new gives aligned, writable memory, and every matching operator delete takes it back.
#include <stdlib.h>

#include <new>

#include "preload_check.h"

namespace {
void* Use(void* block, size_t size, size_t alignment) {
  CHECK(block != nullptr && IsAligned(block, alignment));
  memset(block, 0x3C, size);
  return Escape(block);
}

void CheckPlain(size_t size) {
  ::operator delete(Use(::operator new(size), size, 16));
  ::operator delete(Use(::operator new(size), size, 16), size);
  ::operator delete(Use(::operator new(size, std::nothrow), size, 16), std::nothrow);
  ::operator delete[](Use(::operator new[](size), size, 16));
  ::operator delete[](Use(::operator new[](size), size, 16), size);
  ::operator delete[](Use(::operator new[](size, std::nothrow), size, 16), std::nothrow);
}

void CheckAligned(size_t size, size_t bytes) {
  const std::align_val_t alignment{bytes};
  ::operator delete(Use(::operator new(size, alignment), size, bytes), alignment);
  ::operator delete(Use(::operator new(size, alignment), size, bytes), size, alignment);
  ::operator delete(Use(::operator new(size, alignment, std::nothrow), size, bytes), alignment, std::nothrow);
  ::operator delete[](Use(::operator new[](size, alignment), size, bytes), alignment);
  ::operator delete[](Use(::operator new[](size, alignment), size, bytes), size, alignment);
  ::operator delete[](Use(::operator new[](size, alignment, std::nothrow), size, bytes), alignment,
                      std::nothrow);
}
}  // namespace

int main() {
  for (int round = 0; round < 20; ++round) {
    for (size_t size : {0, 1, 8, 16, 17, 100, 1000, 5000, 40000, 300000, 3000000}) {
      CheckPlain(size);
      for (size_t alignment = 1; alignment <= 65536; alignment *= 4) CheckAligned(size, alignment);
    }
  }
  CHECK(ResidentBytes() < size_t{256} << 20);
}
