// How the governor reaches the engine: the one abstract interface between the two. The shim hands it over.
#ifndef MEMGOV_GOVERNOR_BASE_ENGINE_CONTROL_H_
#define MEMGOV_GOVERNOR_BASE_ENGINE_CONTROL_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

class EngineControl {
 public:
  // "mimalloc", "system": also the middle of the object's file name.
  virtual const char* Name() const = 0;

  // Do MALLOC_ARENA_MAX, GLIBC_TUNABLES and their like mean anything to it?
  virtual bool HonoursGlibcVariables() const = 0;

  // Bytes taken from the kernel for blocks and not given back, live ones included. An upper bound: engines
  // also count pages that were never touched or were given back one by one. May take the engine's locks; any
  // thread, not from within malloc.
  virtual uint64_t HeldBytes() = 0;

  // Gives memory back, everything it can: any thread, not from within malloc. Blocks other threads for no
  // longer than the engine's own design does (docs/engines.md).
  // Returns the longest time, in nanoseconds, that any other thread can have waited because of it.
  virtual uint64_t GiveBack() = 0;

  // Bytes that a GiveBack() by this thread would return at least; 0 where the engine cannot tell.
  virtual uint64_t ReleasableBytes() = 0;

 protected:
  ~EngineControl() = default;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_ENGINE_CONTROL_H_
