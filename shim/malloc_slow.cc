// The rare halves of the malloc surface: a thread's first call, samples, failures, alignment.
#include <errno.h>
#include <string.h>
#include <sys/auxv.h>

#include "governor/base/errno_keeper.h"
#include "governor/runtime/governor.h"
#include "shim/bystander.h"
#include "shim/malloc_surface.h"
#include "shim/thread_hooks.h"

namespace memgov::surface {
namespace {

void* FromEngine(const Request& request) {
  if (request.alignment != 0)
    return ChosenEngine::AllocateAligned(request.alignment, request.size, request.zeroed);
  return request.zeroed ? ChosenEngine::AllocateZeroed(request.size) : ChosenEngine::Allocate(request.size);
}

// Where it lies, if it may be a sample there.
void InsertInPlace(ThreadRecord& record, void* block, size_t size) {
  if (block != nullptr && IsSamplePlace(block) && ChosenExtras::KeepsSample(block))
    sampler::Insert(record, block, size);
}

// On a page boundary, where free looks for samples; large ones lie where they lie.
void* PlaceSample(const Request& request) {
  Request placed = request;
  if (request.size < sampler::kLargeBytes && placed.alignment < sampler::kAlignment) {
    placed.alignment = sampler::kAlignment;
  }
  return ChosenExtras::AllocateSample(AtLeast16(placed.alignment), placed.size, placed.zeroed);
}

void* AllocateSampled(ThreadRecord& record, const Request& request) {
  if (ChosenExtras::CountsExactly(record)) return FromEngine(request);
  void* block = PlaceSample(request);
  if (block == nullptr) block = FromEngine(request);
  InsertInPlace(record, block, request.size);
  return block;
}

// True when this allocation, already refused by Count, is to be sampled.
bool CountSlow(ThreadRecord& record, size_t size) {
  return !Count(&record, size) && sampler::Trigger(record, size);
}

// `counted` is the record's allocated_base of before: it moves when an interval ends. Not from within the
// engine.
void NoteIntervalEnd(ThreadRecord& record, uint64_t counted, const void* caller) {
  const uint64_t now = record.allocated_base.load(std::memory_order_relaxed);
  if (now == counted || record.IsInsideEngine()) return;
  ChosenEngine::OwnerTick();
  governor::NoteActivity(record, now - counted, caller);
}

void* AllocateUnregistered(const Request& request) {
  return Bystander() ? AllocateElsewhere(request) : FromEngine(request);
}

}  // namespace

void* OutOfMemory() {
  errno = ENOMEM;
  return nullptr;
}

void* AllocateSlow(const Request& request) {
  if (request.size > PTRDIFF_MAX) return nullptr;
  const ErrnoKeeper keep_errno;
  ThreadRecord* record = threads::current;
  if (record == nullptr) {
    record = RegisterThisThread();
    if (record == nullptr) return AllocateUnregistered(request);
  }
  const uint64_t counted = record->allocated_base.load(std::memory_order_relaxed);
  void* block = nullptr;
  {
    const Guard guard(*record);
    block = CountSlow(*record, request.size) ? AllocateSampled(*record, request) : FromEngine(request);
  }
  NoteIntervalEnd(*record, counted, request.caller);
  return block;
}

void FreeSlow(void* block) {
  const ErrnoKeeper keep_errno;
  ThreadRecord* record = threads::current;
  if (record == nullptr) {
    record = RegisterThisThread();
    if (record == nullptr) return Bystander() ? FreeElsewhere(block) : ChosenEngine::Free(block);
  }
  const bool sampled = MayBeSampled(block) && sampler::Remove(block) != sampler::kNoTag;
  {
    const Guard guard(*record);
    ChosenEngine::Free(block);
  }
  if (sampled && !record->IsInsideEngine()) governor::NoteActivity(*record, 0, nullptr);
}

void FreeRest(void* block) {
  if (block == nullptr) return;
  if (ChosenExtras::TryFreeOther(block)) return;
  FreeInEngine(block);
  ThreadRecord* record = threads::current;
  if (record == nullptr || record->IsInsideEngine() || !ChosenExtras::TakeWakeRequest()) return;
  const ErrnoKeeper keep_errno;
  governor::NoteActivity(*record, 0, nullptr);
}

void* MallocRest(size_t size) {
  void* block = TryAllocate(size, MEMGOV_CALLER);
  return block != nullptr ? block : OutOfMemory();
}

void* MallocRefused(size_t size) {
  void* block = ChosenEngine::Allocate(size);
  return block != nullptr ? block : OutOfMemory();
}

void* NewRefused(size_t size) {
  void* block = ChosenEngine::Allocate(size);
  return block != nullptr ? block : NewFailed(size, 0);
}

void* NewRest(size_t size) {
  void* block = TryAllocate(size, MEMGOV_CALLER);
  return block != nullptr ? block : NewFailed(size, 0);
}

namespace {

// The old block's sample must be gone before its address can be anybody else's.
void* ResizeInEngine(ThreadRecord& record, void* block, size_t size) {
  const sampler::Tag tag = MayBeSampled(block) ? sampler::Remove(block) : sampler::kNoTag;
  const Guard guard(record);
  void* moved = ChosenEngine::Resize(block, size);
  if (moved == nullptr && tag != sampler::kNoTag) sampler::Restore(block, tag);
  return moved;
}

void* CopyToSample(ThreadRecord& record, void* block, size_t size) {
  const size_t usable = ChosenEngine::UsableSize(block);
  void* copy = nullptr;
  {
    const Guard guard(record);
    copy = AllocateSampled(record, {size, 0, false, nullptr});
  }
  if (copy == nullptr) return nullptr;
  memcpy(copy, block, usable < size ? usable : size);
  FreeSlow(block);
  return copy;
}

}  // namespace

void* ResizeSlow(void* block, size_t size, const void* caller) {
  if (size > PTRDIFF_MAX) return nullptr;
  const ErrnoKeeper keep_errno;
  ThreadRecord* record = threads::current != nullptr ? threads::current : RegisterThisThread();
  if (record == nullptr)
    return Bystander() ? ResizeElsewhere(block, size) : ChosenEngine::Resize(block, size);
  const uint64_t counted = record->allocated_base.load(std::memory_order_relaxed);
  const bool sampled = CountSlow(*record, size);
  void* moved = nullptr;
  const bool counted_exactly = ChosenExtras::CountsExactly(*record);
  // What is no block is for the engine to say.
  if (sampled && size <= sampler::kLargeBytes && !counted_exactly && ChosenEngine::UsableSize(block) != 0) {
    moved = CopyToSample(*record, block, size);
  } else {
    moved = ResizeInEngine(*record, block, size);
    if (sampled && !counted_exactly) InsertInPlace(*record, moved, size);
  }
  NoteIntervalEnd(*record, counted, caller);
  return moved;
}

namespace {

constexpr size_t kMostAlignment = SIZE_MAX / 2 + 1;

bool IsPowerOfTwo(size_t value) { return value != 0 && (value & (value - 1)) == 0; }

size_t RoundUpToPowerOfTwo(size_t value) {
  size_t power = 16;
  while (power < value) power *= 2;
  return power;
}

size_t PageBytes() {
  static constinit size_t page_bytes = 0;  // the same from every thread
  if (page_bytes == 0) page_bytes = getauxval(AT_PAGESZ);
  return page_bytes;
}

// The loader asks for no aligned blocks: this function itself will do as the caller.
void* AllocateAlignedOrFail(size_t alignment, size_t size) {
  void* block = TryAllocateAligned(alignment, size, reinterpret_cast<const void*>(&Memalign));
  return block != nullptr ? block : OutOfMemory();
}

}  // namespace

// glibc before 2.38 rounds an alignment that is no power of two up, for memalign and aligned_alloc alike.
void* Memalign(size_t alignment, size_t size) {
  if (alignment > kMostAlignment) {
    errno = EINVAL;
    return nullptr;
  }
  return AllocateAlignedOrFail(RoundUpToPowerOfTwo(alignment), size);
}

int PosixMemalign(void** out, size_t alignment, size_t size) {
  if (alignment % sizeof(void*) != 0 || !IsPowerOfTwo(alignment)) return EINVAL;
  const ErrnoKeeper keep_errno;
  void* block = TryAllocateAligned(AtLeast16(alignment), size, reinterpret_cast<const void*>(&Memalign));
  if (block == nullptr) return ENOMEM;
  *out = block;
  return 0;
}

void* Valloc(size_t size) { return AllocateAlignedOrFail(PageBytes(), size); }

void* Pvalloc(size_t size) {
  size_t rounded = 0;
  if (__builtin_add_overflow(size, PageBytes() - 1, &rounded)) return OutOfMemory();
  return AllocateAlignedOrFail(PageBytes(), rounded & ~(PageBytes() - 1));
}

void* Reallocarray(void* block, size_t count, size_t size) {
  size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return OutOfMemory();
  return Realloc(block, bytes);
}

size_t UsableSize(void* block) {
  if (block == nullptr) return 0;
  if (Bystander()) return UsableSizeElsewhere(block);
  return ChosenEngine::UsableSize(block);
}

// BSD: a block that cannot be resized is freed.
void* Reallocf(void* block, size_t size) {
  void* moved = Realloc(block, size);
  if (moved == nullptr && block != nullptr && size != 0) Free(block);
  return moved;
}

// NetBSD: `block` points at the pointer; the result is an error number.
int Reallocarr(void* block, size_t count, size_t size) {
  size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) return EOVERFLOW;
  const ErrnoKeeper keep_errno;
  void* old = nullptr;
  memcpy(&old, block, sizeof old);
  void* moved = Realloc(old, bytes);
  if (moved == nullptr && bytes != 0) return ENOMEM;
  memcpy(block, &moved, sizeof moved);
  return 0;
}

// What malloc(size) would really have room for.
size_t GoodSize(size_t size) { return size < 16 ? 16 : (size + 15) & ~size_t{15}; }

}  // namespace memgov::surface
