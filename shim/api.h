// What the files of the C API share.
//
// Structs begin with their size, as the caller knows it: an older caller's (smaller) gets the fields it has,
// a newer one's (larger) keeps the fields that we do not know as they were.
#ifndef MEMGOV_SHIM_API_H_
#define MEMGOV_SHIM_API_H_

#define MEMGOV_LINKED
#include <stddef.h>
#include <string.h>

#include "governor/pools/pool_table.h"
#include "governor/pools/thread_registry.h"
#include "governor/runtime/governor.h"
#include "memgov/memgov.h"
#include "shim/bystander.h"
#include "shim/engine_choice.h"
#include "shim/thread_hooks.h"

#define MEMGOV_API extern "C" __attribute__((visibility("default")))

namespace memgov::api {

// Is it worth filling in? `first` is the end of the first field behind `size`.
template <typename T>
bool HoldsFirstField(const T* out, size_t first) {
  return out != nullptr && out->size >= first;
}

// Copies what both sides know; `size` itself stays the caller's.
template <typename T>
void CopyOut(T* out, T filled) {
  filled.size = out->size;
  memcpy(out, &filled, out->size < sizeof filled ? out->size : sizeof filled);
}

// False where another allocator serves, with MEMGOV_GOVERNOR=off, and before the object's constructor ran:
// then there is no budget, and nobody to keep one.
inline bool Governs() { return governor::InstalledEngine() != nullptr && !surface::Bystander(); }

// nullptr where there is no memory for a record.
inline ThreadRecord* ThisThread() {
  return threads::current != nullptr ? threads::current : RegisterThisThread();
}

// The host named it: it is worth books of its own. On a thread that has a record.
inline void NamePool(PoolId pool) {
  pools::Get(pool).named_by_user.store(true, std::memory_order_relaxed);
  ChosenExtras::OwnerNamedPool(pool);
}

}  // namespace memgov::api

#endif  // MEMGOV_SHIM_API_H_
