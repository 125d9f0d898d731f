// pthread_key_create in the mimalloc object. libmimalloc's thread-exit destructor hangs on a key of its own;
// it is wrapped, so that fork can wait for it like for every other entry into the engine. Everybody else's
// keys pass through.
#ifndef MEMGOV_SHIM_MIMALLOC_KEY_HOOK_H_
#define MEMGOV_SHIM_MIMALLOC_KEY_HOOK_H_

#include "shim/thread_hooks.h"

namespace memgov::surface {

int CreateKeyFor(unsigned* key, KeyDestructor destructor, const void* caller);

__attribute__((always_inline)) inline int CreateKey(unsigned* key, KeyDestructor destructor) {
  return CreateKeyFor(key, destructor, __builtin_return_address(0));
}

}  // namespace memgov::surface

#endif  // MEMGOV_SHIM_MIMALLOC_KEY_HOOK_H_
