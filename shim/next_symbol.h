// Who defines a symbol: dlsym(RTLD_NEXT) and dlsym(RTLD_DEFAULT) without dlsym, which may itself allocate,
// and which older C libraries keep in a library of its own.
//
// Walks the loaded objects in load order (dl_iterate_phdr, which takes the loader's lock for the list only)
// and their GNU hash tables. Default versions only. Safety: not from within the loader; no allocation. Cost:
// microseconds; keep the result.
#ifndef MEMGOV_SHIM_NEXT_SYMBOL_H_
#define MEMGOV_SHIM_NEXT_SYMBOL_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

struct dl_phdr_info;

namespace memgov {

// dl_iterate_phdr, past interceptors of it.
void ForEachLoadedObject(int (*visit)(dl_phdr_info* object, size_t size, void* context), void* context);

// The first definition in load order, in any object; nullptr for none.
void* FindFirstSymbol(const char* name);

// The first definition behind this object.
void* FindNextSymbol(const char* name);

// The same, looked up once and kept in `slot`. Racing threads find the same address; relaxed.
template <typename F>
F FindNextOnce(std::atomic<F>& slot, const char* name) {
  F found = slot.load(std::memory_order_relaxed);
  if (found != nullptr) return found;
  found = reinterpret_cast<F>(FindNextSymbol(name));
  slot.store(found, std::memory_order_relaxed);
  return found;
}

// The definition in the object that holds `address`.
void* FindSymbolBeside(const void* address, const char* name);

// The base name of the object that holds `address` ("" for the program itself or nobody), cut to fit.
void ObjectNameOf(const void* address, char* out, size_t capacity);

struct AddressRange {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  bool Holds(const void* address) const {
    const uintptr_t at = reinterpret_cast<uintptr_t>(address);
    return at >= begin && at < end;
  }
};

// What the object that holds `address` occupies; empty for nobody.
AddressRange ObjectRangeOf(const void* address);

// The dynamic loader's.
AddressRange LoaderRange();

// How many loaded objects, other than memgov's, ask (DT_NEEDED) for a library whose name begins with
// `prefix`.
int CountDependents(const char* prefix);

// How many loaded objects have a base name that begins with `prefix`; the last one's name in `out`.
int CountObjects(const char* prefix, char* out, size_t capacity);

}  // namespace memgov

#endif  // MEMGOV_SHIM_NEXT_SYMBOL_H_
