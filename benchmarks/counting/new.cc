// operator new and delete by way of malloc and free: an allocator behind this object that brings its own
// would keep those blocks to itself, uncounted.
//
// Out of memory ends the program: this object is built without exceptions, and it is for measuring.
#include <new>

#include <stdlib.h>
#include <unistd.h>

namespace {

void* OrStop(void* block) {
  if (block != nullptr) return block;
  constexpr char kMessage[] = "measuring preload: operator new is out of memory\n";
  if (write(STDERR_FILENO, kMessage, sizeof kMessage - 1) < 0) abort();
  abort();
}

void* Aligned(size_t bytes, std::align_val_t alignment) {
  void* block = nullptr;
  const size_t least = sizeof(void*);
  const auto wanted = static_cast<size_t>(alignment);
  return posix_memalign(&block, wanted < least ? least : wanted, bytes) == 0 ? block : nullptr;
}

}  // namespace

#pragma GCC visibility push(default)
void* operator new(size_t bytes) { return OrStop(malloc(bytes)); }
void* operator new[](size_t bytes) { return OrStop(malloc(bytes)); }
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return malloc(bytes); }
void* operator new[](size_t bytes, const std::nothrow_t&) noexcept { return malloc(bytes); }
void* operator new(size_t bytes, std::align_val_t alignment) { return OrStop(Aligned(bytes, alignment)); }
void* operator new[](size_t bytes, std::align_val_t alignment) { return OrStop(Aligned(bytes, alignment)); }
void* operator new(size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return Aligned(bytes, alignment);
}
void* operator new[](size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return Aligned(bytes, alignment);
}

void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
void operator delete(void* block, size_t) noexcept { free(block); }
void operator delete[](void* block, size_t) noexcept { free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete(void* block, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, size_t, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept { free(block); }
#pragma GCC visibility pop
