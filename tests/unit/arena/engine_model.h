// engine_model.h: blocks that callers have, with what must be in them; each operation is done to the engine
// and to the model, and checked.
//
// Safety: one thread per model. The figures are compared exactly: then nobody else may use the engine.
#ifndef MEMGOV_TESTS_UNIT_ARENA_ENGINE_MODEL_H_
#define MEMGOV_TESTS_UNIT_ARENA_ENGINE_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace memgov::arena {

struct ModelBlock {
  char* at = nullptr;
  size_t size = 0;  // as asked for
  uint64_t seed = 0;
};

class EngineModel {
 public:
  explicit EngineModel(uint64_t seed) : next_seed_(seed << 32 | 1) {}

  // alignment: a power of two, 16 for what malloc gives.
  void Allocate(size_t size);
  void AllocateZeroed(size_t size);
  void AllocateAligned(size_t alignment, size_t size, bool zeroed);
  void AllocateSample(size_t alignment, size_t size, bool zeroed);
  void Resize(size_t place, size_t size);
  void Free(size_t place);
  void FreeAll();

  // Every byte of every block.
  void CheckContent() const;
  // The figures add up, and live is what the callers' blocks can hold, to the byte.
  void CheckFigures() const;

  size_t count() const { return blocks_.size(); }
  const ModelBlock& block(size_t place) const { return blocks_[place]; }
  uint64_t usable_bytes() const { return usable_bytes_; }

 private:
  void Enter(void* block, size_t alignment, size_t size, bool zeroed);

  std::vector<ModelBlock> blocks_;
  uint64_t usable_bytes_ = 0;
  uint64_t next_seed_;
};

}  // namespace memgov::arena

#endif  // MEMGOV_TESTS_UNIT_ARENA_ENGINE_MODEL_H_
