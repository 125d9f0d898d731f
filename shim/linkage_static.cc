// Compiled with exceptions (and RTTI, or it would bring types of its own), which the rest of memgov is not.
#include <new>

#include "governor/base/text.h"
#include "shim/fork.h"
#include "shim/linkage.h"

// All weak, or a program without them could not link this file. A C++ runtime that is linked statically has
// of these what the program itself uses: no set_new_handler, no handler; no code that catches, nobody to
// throw for.
#define MEMGOV_WEAK extern "C" __attribute__((weak)) void
MEMGOV_WEAK _ZSt15get_new_handlerv();
MEMGOV_WEAK _ZSt17__throw_bad_allocv();
MEMGOV_WEAK BadAllocTypeInfo() __asm__("_ZTISt9bad_alloc");
MEMGOV_WEAK Throw() __asm__("__cxa_throw");
__asm__(".weak _ZTISt9bad_alloc, _ZTVSt9bad_alloc, _ZNSt9bad_allocD1Ev, _ZTVSt9exception");
__asm__(".weak __gxx_personality_v0");
__asm__(".weak __cxa_allocate_exception, __cxa_throw, __cxa_begin_catch, __cxa_end_catch");

#define MEMGOV_SANITIZERS(X) X(__asan_init) X(__hwasan_init) X(__lsan_init) X(__msan_init) X(__tsan_init)
// clang-format off
#define MEMGOV_INTERCEPTED(X)                                                       \
  X(malloc) X(calloc) X(realloc) X(free) X(posix_memalign) X(malloc_usable_size)    \
  X(pthread_create) X(dlopen) X(vfork)
// clang-format on
#define MEMGOV_DECLARE(name) MEMGOV_WEAK name();
#define MEMGOV_DECLARE_INTERCEPTOR(name) MEMGOV_WEAK __interceptor_##name();
MEMGOV_SANITIZERS(MEMGOV_DECLARE)
MEMGOV_INTERCEPTED(MEMGOV_DECLARE_INTERCEPTOR)

// Without a dynamic loader there is no next pthread_create or dlopen to hand calls on to. Only the loader has
// __tls_get_addr: a link with -static fails for want of it, and the linker names this symbol. It is never
// called.
#define MEMGOV_REFUSAL "memgov_does_not_work_in_a_program_that_is_linked_with_the_option_static"
#if defined(__x86_64__)
#define MEMGOV_JUMP "jmp *__tls_get_addr@GOTPCREL(%rip)"
#elif defined(__aarch64__)
#define MEMGOV_JUMP "b __tls_get_addr"
#endif
__asm__(".text\n.type " MEMGOV_REFUSAL ", %function\n" MEMGOV_REFUSAL ": " MEMGOV_JUMP
        "\n.size " MEMGOV_REFUSAL ", .-" MEMGOV_REFUSAL);

namespace memgov::linkage {
namespace {

void ThrowHere() { throw std::bad_alloc(); }

// Before any constructor: handlers that libraries register after these may wait in fork for threads that are
// inside malloc, which is closed only after them. (A preloaded object is called by the loader itself even
// earlier.) The linker refuses this section in a shared library, where all this has no place.
__attribute__((section(".preinit_array"), used)) void (*const before_constructors)() = WatchFork;

struct Interceptor {
  const char* name;
  void (*function)();
};

}  // namespace

const char* const kOwnName = "libmemgov.a";

void* LinkedGetNewHandler() { return reinterpret_cast<void*>(&_ZSt15get_new_handlerv); }

void* LinkedThrowBadAlloc() {
  if (&_ZSt17__throw_bad_allocv != nullptr) return reinterpret_cast<void*>(&_ZSt17__throw_bad_allocv);
  const bool can_throw = &BadAllocTypeInfo != nullptr && &Throw != nullptr;
  return can_throw ? reinterpret_cast<void*>(&ThrowHere) : nullptr;
}

bool LinkedSanitizer() {
#define MEMGOV_IS_LINKED(name) \
  if (&name != nullptr) return true;
  MEMGOV_SANITIZERS(MEMGOV_IS_LINKED)
  return false;
}

void* LinkedInterceptor(const char* name) {
  if (!LinkedSanitizer()) return nullptr;
#define MEMGOV_ENTRY(function) {#function, &__interceptor_##function},
  const Interceptor interceptors[] = {MEMGOV_INTERCEPTED(MEMGOV_ENTRY)};
  for (const Interceptor& interceptor : interceptors) {
    if (TextEqual(interceptor.name, name)) return reinterpret_cast<void*>(interceptor.function);
  }
  return nullptr;
}

void* NullIfThrown(void* (*attempt)(size_t size, size_t alignment), size_t size, size_t alignment) {
  try {
    return attempt(size, alignment);
  } catch (...) {
    return nullptr;
  }
}

}  // namespace memgov::linkage
