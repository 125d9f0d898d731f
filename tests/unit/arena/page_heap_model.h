// page_heap_model.h: what the page heap promises, page by page: which pages a span has, which are free and
// dirty, and what the figures must be.
//
// Safety: one thread, and nobody else uses the page heap of this process.
// Assumptions: gives back only through GiveBack and GiveBackMetadata below.
#ifndef MEMGOV_TESTS_UNIT_ARENA_PAGE_HEAP_MODEL_H_
#define MEMGOV_TESTS_UNIT_ARENA_PAGE_HEAP_MODEL_H_

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "shim/arena/page_heap.h"

namespace memgov::arena {

struct ModelSpan {
  uintptr_t begin = 0;
  uint32_t pages = 0;
  uint32_t group = 0;
  uint64_t seed = 0;
  SpanHeader* slab = nullptr;  // a slab's
  bool single = false;         // with a mapping of its own

  void* Block() const { return reinterpret_cast<void*>(begin); }
  uintptr_t End() const { return begin + uintptr_t{pages} * kPageBytes; }
};

class PageHeapModel {
 public:
  // Each of these does it to the heap and to the model, and checks that they agree (gtest expectations).
  // False: the heap refused, and nothing changed.
  bool AllocateSlab(uint32_t size_class, uint32_t shard, uint32_t group);
  bool AllocateLarge(size_t bytes, size_t alignment, uint32_t group);
  void Free(size_t place);
  bool Resize(size_t place, size_t bytes);
  uint64_t GiveBack(uint64_t most_bytes);
  void CheckFigures();
  void RestartPeak();
  // Every span's content.
  void CheckContent() const;

  const std::vector<ModelSpan>& spans() const { return spans_; }
  uint64_t used_pages() const { return slab_pages_ + large_pages_; }
  uint64_t dirty_pages() const { return dirty_pages_; }

 private:
  void Enter(const ModelSpan& span, bool* clean);
  void Account(const ModelSpan& span, int64_t pages);
  void CheckRoom(uintptr_t begin, uintptr_t end);
  void CheckFirstFit(const ModelSpan& span, uint32_t alignment_pages);
  char* Dirty(uintptr_t address);
  uint32_t TakeDirty(uintptr_t begin, uint32_t pages);
  void PutDirty(uintptr_t begin, uint32_t pages);

  std::vector<ModelSpan> spans_;
  std::map<uintptr_t, uintptr_t> ranges_;                   // begin to end
  std::unordered_map<uintptr_t, std::vector<char>> dirty_;  // by chunk: 1 for free and dirty pages
  uint64_t slab_pages_ = 0;
  uint64_t large_pages_ = 0;
  uint64_t group_slab_[kMostGroups] = {};
  uint64_t group_large_[kMostGroups] = {};
  uint64_t dirty_pages_ = 0;
  uint64_t peak_pages_ = 0;
  uint64_t allocations_ = 0;
  uint64_t given_back_pages_ = 0;
  uint64_t next_seed_ = 1;
};

}  // namespace memgov::arena

#endif  // MEMGOV_TESTS_UNIT_ARENA_PAGE_HEAP_MODEL_H_
