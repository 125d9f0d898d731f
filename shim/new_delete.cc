// When operator new fails. The object holds no C++ runtime and throws nothing itself: it finds the host's,
// wherever that was loaded (a C program may have opened a C++ plugin locally), and lets it throw through our
// frames.
#include <errno.h>

#include "governor/base/message.h"
#include "governor/base/raw_syscall.h"
#include "shim/linkage.h"
#include "shim/malloc_surface.h"
#include "shim/next_symbol.h"

namespace memgov::surface {
namespace {

using NewHandler = void (*)();

// std::get_new_handler, which both libraries call the same.
using GetNewHandler = NewHandler (*)();
GetNewHandler FindGetNewHandler() {
  void* found = linkage::LinkedGetNewHandler();
  if (found == nullptr) found = FindFirstSymbol("_ZSt15get_new_handlerv");
  return reinterpret_cast<GetNewHandler>(found);
}

void ThrowBadAlloc() {
  void* thrower = linkage::LinkedThrowBadAlloc();
  if (thrower == nullptr) thrower = FindFirstSymbol("_ZSt17__throw_bad_allocv");        // libstdc++
  if (thrower == nullptr) thrower = FindFirstSymbol("_ZNSt3__117__throw_bad_allocEv");  // libc++
  if (thrower != nullptr) reinterpret_cast<void (*)()>(thrower)();
  { Message()->Text("operator new: out of memory, and no C++ runtime to throw std::bad_alloc with"); }
  __builtin_trap();
}

void* Retry(size_t size, size_t alignment) {
  return alignment != 0 ? TryAllocateAligned(AtLeast16(alignment), size, nullptr)
                        : TryAllocate(size, nullptr);
}

// The C++ library's own operator new(nothrow) calls operator new, which is ours, and catches what it throws.
void* ThroughRuntime(GetNewHandler runtime, size_t size, size_t alignment) {
  static const char kNothrow = 0;
  if (alignment != 0) {
    void* function = FindSymbolBeside(reinterpret_cast<void*>(runtime), "_ZnwmSt11align_val_tRKSt9nothrow_t");
    if (function == nullptr) return nullptr;
    return reinterpret_cast<void* (*)(size_t, size_t, const void*)>(function)(size, alignment, &kNothrow);
  }
  void* function = FindSymbolBeside(reinterpret_cast<void*>(runtime), "_ZnwmRKSt9nothrow_t");
  if (function == nullptr) return nullptr;
  return reinterpret_cast<void* (*)(size_t, const void*)>(function)(size, &kNothrow);
}

// nullptr once there is no new handler to call.
void* RetryWithHandlers(size_t size, size_t alignment) {
  const GetNewHandler get_handler = FindGetNewHandler();
  for (;;) {
    const NewHandler handler = get_handler != nullptr ? get_handler() : nullptr;
    if (handler == nullptr) return nullptr;
    handler();
    void* block = Retry(size, alignment);
    if (block != nullptr) return block;
  }
}

}  // namespace

void* NewFailed(size_t size, size_t alignment) {
  void* block = RetryWithHandlers(size, alignment);
  if (block == nullptr) ThrowBadAlloc();
  return block;
}

void* NewNoThrowFailed(size_t size, size_t alignment) {
  errno = ENOMEM;
  const GetNewHandler get_handler = FindGetNewHandler();
  if (get_handler == nullptr || get_handler() == nullptr) return nullptr;
  if (linkage::LinkedGetNewHandler() != nullptr)
    return linkage::NullIfThrown(RetryWithHandlers, size, alignment);
  return ThroughRuntime(get_handler, size, alignment);
}

}  // namespace memgov::surface
