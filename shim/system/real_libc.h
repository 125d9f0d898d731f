// The C library's functions that our exports hide, found on first use.
#ifndef MEMGOV_SHIM_SYSTEM_REAL_LIBC_H_
#define MEMGOV_SHIM_SYSTEM_REAL_LIBC_H_

#include <stdio.h>

#include <atomic>

#include "shim/libc_info.h"
#include "shim/next_symbol.h"

namespace memgov::real_libc {

// One function. Racing threads look up the same address; nullptr where the C library does not have it.
template <typename F>
class Function {
 public:
  constexpr explicit Function(const char* name) : name_(name) {}

  F* Get() {
    F* found = found_.load(std::memory_order_relaxed);
    if (found != nullptr) return found;
    found = reinterpret_cast<F*>(FindNextSymbol(name_));
    found_.store(found, std::memory_order_relaxed);
    return found;
  }

 private:
  const char* name_;
  std::atomic<F*> found_{nullptr};
};

extern Function<size_t(const void*)> malloc_usable_size;
extern Function<int(size_t)> malloc_trim;
extern Function<int(int, int)> mallopt;
extern Function<surface::Mallinfo()> mallinfo;
extern Function<surface::Mallinfo2()> mallinfo2;  // from 2.33
extern Function<int(int, FILE*)> malloc_info;
extern Function<void()> malloc_stats;

}  // namespace memgov::real_libc

#endif  // MEMGOV_SHIM_SYSTEM_REAL_LIBC_H_
