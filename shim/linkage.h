// What differs between an object that the loader maps (linkage_shared.cc: preloaded, or linked as a shared
// library) and the code inside the program itself (linkage_static.cc: libmemgov.a). One of the two files is
// compiled in.
//
// A C++ runtime that was linked statically is in no symbol table; code inside the program reaches it by weak
// references, which an object without a C++ runtime of its own must not have.
//
// Safety: any thread; no allocation.
#ifndef MEMGOV_SHIM_LINKAGE_H_
#define MEMGOV_SHIM_LINKAGE_H_

#include <stddef.h>

namespace memgov::linkage {

// What messages call memgov where it has no file of its own; nullptr where it has one.
extern const char* const kOwnName;

// std::get_new_handler and std::__throw_bad_alloc of the runtime that is linked with this code; nullptr: look
// further.
void* LinkedGetNewHandler();
void* LinkedThrowBadAlloc();

// Is a sanitizer's runtime linked with this code? Where it is, its own malloc, pthread_create and so on;
// nullptr for what it does not have. Needs no look-up: such a runtime intercepts dl_iterate_phdr, too, and
// allocates before that works.
bool LinkedSanitizer();
void* LinkedInterceptor(const char* name);

// What `attempt` returns, or nullptr where it throws. Only where LinkedGetNewHandler is not nullptr.
void* NullIfThrown(void* (*attempt)(size_t size, size_t alignment), size_t size, size_t alignment);

}  // namespace memgov::linkage

#endif  // MEMGOV_SHIM_LINKAGE_H_
