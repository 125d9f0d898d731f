#include "shim/mimalloc/key_hook.h"

#include <errno.h>
#include <mimalloc.h>

#include "governor/pools/thread_registry.h"
#include "shim/mimalloc/mimalloc_engine.h"
#include "shim/next_symbol.h"
#include "shim/quiesce.h"

namespace memgov::surface {
namespace {

constinit std::atomic<KeyDestructor> mimalloc_destructor{nullptr};

// mimalloc abandons the thread's heap here: as much inside the engine as any malloc.
void LeaveMimalloc(void* heap) {
  const KeyDestructor leave = mimalloc_destructor.load(std::memory_order_acquire);
  ThreadRecord* record = threads::current;
  if (record == nullptr) return leave(heap);
  const quiesce::Guard guard(*record);
  MimallocEngine::OwnerLeaves();
  leave(heap);
}

bool IsMimalloc(const void* caller) {
  return ObjectRangeOf(reinterpret_cast<const void*>(&mi_malloc)).Holds(caller);
}

}  // namespace

int CreateKeyFor(unsigned* key, KeyDestructor destructor, const void* caller) {
  const auto create_key = RealKeyCreate();
  if (create_key == nullptr) return ENOSYS;
  if (destructor == nullptr || mimalloc_destructor.load(std::memory_order_relaxed) != nullptr ||
      !IsMimalloc(caller)) {
    return create_key(key, destructor);
  }
  mimalloc_destructor.store(destructor, std::memory_order_release);
  return create_key(key, LeaveMimalloc);
}

}  // namespace memgov::surface
