// When another allocator stands in front of us (jemalloc before us in LD_PRELOAD, AddressSanitizer, a second
// memgov), it serves and we only watch: no governor, no records. Functions that the other one lacks (pvalloc,
// say) reach us nevertheless; they are passed on to its malloc family, because its free will get their
// blocks.
#ifndef MEMGOV_SHIM_BYSTANDER_H_
#define MEMGOV_SHIM_BYSTANDER_H_

#include <stddef.h>

#include <atomic>

#include "shim/malloc_surface.h"

namespace memgov {

// True when a sanitizer's runtime is in the process. Then every call is passed on from the very first one:
// the runtime intercepts strdup and others, whose blocks must come from its own malloc. Looked up once, on
// the first call.
bool IsSanitized();

// From the constructor: asks malloc for a block through the front door and looks whether we were reached. A
// wrapper in front of us that passes calls on (a profiler) does reach us. Says what it found in one line when
// it is a bystander, or when another known allocator is loaded behind us and idle.
void DetectBystander();

namespace surface {

extern std::atomic<bool> is_bystander;  // relaxed: written once, by the constructor

inline bool Bystander() { return is_bystander.load(std::memory_order_relaxed); }

void* AllocateElsewhere(const Request& request);
void* ResizeElsewhere(void* block, size_t size);
void FreeElsewhere(void* block);
size_t UsableSizeElsewhere(void* block);

}  // namespace surface
}  // namespace memgov

#endif  // MEMGOV_SHIM_BYSTANDER_H_
