// sized_structs.h: every struct of the C API that begins with its size, and the call that fills it.
//
// Safety: any thread.
#ifndef MEMGOV_TESTS_LIFECYCLE_SIZED_STRUCTS_H_
#define MEMGOV_TESTS_LIFECYCLE_SIZED_STRUCTS_H_

#include <memgov/advanced.h>

#include "preload_check.h"

struct SizedStruct {
  size_t size;   // as compiled here
  size_t least;  // that holds the first field behind the size
  int (*fill)(void* out);
};

inline constexpr SizedStruct kSizedStructs[] = {
    {sizeof(memgov_stats_t), offsetof(memgov_stats_t, live_bytes),
     [](void* out) { return memgov_stats(static_cast<memgov_stats_t*>(out)); }},
    {sizeof(memgov_budget_t), offsetof(memgov_budget_t, soft_bytes),
     [](void* out) { return memgov_budget(static_cast<memgov_budget_t*>(out)); }},
    {sizeof(memgov_counters_t), offsetof(memgov_counters_t, refused_bytes),
     [](void* out) { return memgov_counters(static_cast<memgov_counters_t*>(out)); }},
    {sizeof(memgov_recycle_t), offsetof(memgov_recycle_t, recoverable_bytes),
     [](void* out) { return memgov_recycle(static_cast<memgov_recycle_t*>(out)); }},
};

// A caller's memory, all of it marked, with the size that the caller says.
struct MarkedStruct {
  static constexpr unsigned char kMark = 0x5A;
  static constexpr size_t kRoom = 1024;

  explicit MarkedStruct(size_t size) {
    memset(bytes, kMark, sizeof bytes);
    memcpy(bytes, &size, sizeof size);
  }
  size_t Size() const {
    size_t size;
    memcpy(&size, bytes, sizeof size);
    return size;
  }
  bool IsMarkedFrom(size_t begin) const {
    for (size_t at = begin; at < kRoom; ++at) {
      if (bytes[at] != kMark) return false;
    }
    return true;
  }

  alignas(8) unsigned char bytes[kRoom];
};

#endif  // MEMGOV_TESTS_LIFECYCLE_SIZED_STRUCTS_H_
