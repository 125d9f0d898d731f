// The exported symbols, expanded from surface.list. Each is the inlined implementation and nothing else.
#include <stddef.h>

#include "shim/libc_info.h"
#include "shim/malloc_surface.h"
#include "shim/startup.h"
#include "shim/string_copies.h"
#include "shim/thread_hooks.h"

// Under C++ names with the exported symbol as label: the C library's headers declare the same functions with
// attributes and exception specifications of their own.
#define HOOK(ret, symbol, params, implementation, args)                                               \
  extern "C" __attribute__((visibility("default"))) ret memgov_hook_##symbol params __asm__(#symbol); \
  extern "C" ret memgov_hook_##symbol params { return implementation args; }

#if defined(MEMGOV_ENGINE_MIMALLOC)
#include "shim/mimalloc/key_hook.h"
#define HOOK_MIMALLOC HOOK
#else
#define HOOK_MIMALLOC(...)
#endif
#define STUB(symbol)
#define API(symbol)

using namespace memgov;           // NOLINT: the list names types of both
using namespace memgov::surface;  // NOLINT

#include "shim/surface.list"
