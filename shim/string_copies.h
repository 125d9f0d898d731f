// strdup and strndup as hooks: mimalloc 3, preloaded behind us, exports its own, whose blocks our free would
// get. The C library's are called, which allocate by malloc, and so by us; where another allocator serves,
// the next ones behind us.
//
// Safety: any thread, before constructors. The first call of each looks a symbol up: microseconds.
#ifndef MEMGOV_SHIM_STRING_COPIES_H_
#define MEMGOV_SHIM_STRING_COPIES_H_

#include <stddef.h>

namespace memgov::surface {

char* StringCopy(const char* text);
char* StringCopyOf(const char* text, size_t most);

}  // namespace memgov::surface

#endif  // MEMGOV_SHIM_STRING_COPIES_H_
