#include "shim/mimalloc/key_hook.h"

#include <errno.h>

#include "governor/pools/thread_registry.h"
#include "shim/mimalloc/mimalloc_engine.h"
#include "shim/next_symbol.h"
#include "shim/quiesce.h"

namespace memgov::surface {
namespace {

// Of each libmimalloc in the process: the one that serves, and one that the program may bring. Which of them
// serves is not known yet when their constructors make the keys; the guard does the other one's no harm.
// Written once, before the key exists.
constexpr int kMostLibraries = 4;
constinit std::atomic<KeyDestructor> destructors[kMostLibraries] = {};

// mimalloc abandons the thread's heap here: as much inside the engine as any malloc.
template <int index>
void LeaveMimalloc(void* heap) {
  const KeyDestructor leave = destructors[index].load(std::memory_order_acquire);
  ThreadRecord* record = threads::current;
  if (record == nullptr) return leave(heap);
  const quiesce::Guard guard(*record);
  MimallocEngine::OwnerLeaves();
  leave(heap);
}

constexpr KeyDestructor kWrappers[kMostLibraries] = {LeaveMimalloc<0>, LeaveMimalloc<1>, LeaveMimalloc<2>,
                                                     LeaveMimalloc<3>};

bool IsMimalloc(const void* caller) { return FindSymbolBeside(caller, "mi_version") != nullptr; }

// As it is when there are too many of them.
KeyDestructor Wrap(KeyDestructor destructor) {
  for (int index = 0; index < kMostLibraries; ++index) {
    KeyDestructor none = nullptr;
    if (destructors[index].compare_exchange_strong(none, destructor, std::memory_order_acq_rel) ||
        none == destructor)
      return kWrappers[index];
  }
  return destructor;
}

}  // namespace

int CreateKeyFor(unsigned* key, KeyDestructor destructor, const void* caller) {
  const auto create_key = RealKeyCreate();
  if (create_key == nullptr) return ENOSYS;
  const bool wrap = destructor != nullptr && IsMimalloc(caller);
  return create_key(key, wrap ? Wrap(destructor) : destructor);
}

}  // namespace memgov::surface
