#include "shim/arena/shards.h"

#include <atomic>
#include <bit>

#include "shim/arena/bad_free.h"
#include "shim/arena/page_heap.h"

namespace memgov::arena::shards {
namespace {

constexpr uint32_t kBins = 4;  // by quarters of free blocks; those without any are in none
constexpr uint8_t kNoBin = kBins;

struct alignas(64) ClassOfShard {
  FutexLock lock{LockRank::kClass};
  // All below: under the lock, as are the slabs' free bits.
  SpanHeader* bins[kBins] = {};
  uint64_t slabs = 0;
  uint64_t free_blocks = 0;
};
constinit ClassOfShard all[kMostShards][kClasses];
constinit std::atomic<uint64_t> refills{0};  // relaxed: says that somebody allocates

uint8_t BinOf(const SpanHeader& slab) {
  if (slab.free_blocks == 0) return kNoBin;
  return static_cast<uint8_t>(
      uint64_t{slab.free_blocks * kBins - 1} * kSizeClasses[slab.size_class].bin_magic >> 32);
}

void Link(ClassOfShard& owner, SpanHeader* slab) {
  slab->bin = BinOf(*slab);
  if (slab->bin == kNoBin) return;
  SpanHeader*& head = owner.bins[slab->bin];
  slab->previous = nullptr;
  slab->next = head;
  if (head != nullptr) head->previous = slab;
  head = slab;
}

void Unlink(ClassOfShard& owner, SpanHeader* slab) {
  if (slab->bin == kNoBin) return;
  (slab->previous != nullptr ? slab->previous->next : owner.bins[slab->bin]) = slab->next;
  if (slab->next != nullptr) slab->next->previous = slab->previous;
}

void Relink(ClassOfShard& owner, SpanHeader* slab) {
  if (slab->bin == BinOf(*slab)) return;
  Unlink(owner, slab);
  Link(owner, slab);
}

SpanHeader* Fullest(const ClassOfShard& owner) {
  for (SpanHeader* slab : owner.bins) {
    if (slab != nullptr) return slab;
  }
  return nullptr;
}

uint32_t TakeFrom(SpanHeader& slab, void** out, uint32_t want) {
  const uint32_t bytes = kSizeClasses[slab.size_class].bytes;
  const uintptr_t end = slab.address + size_t{slab.pages} * kPageBytes;
  uint32_t taken = 0;
  for (uint32_t word = 0; taken < want && word < kMostSlabBlocks / 64; ++word) {
    uint64_t bits = slab.free_bits[word];
    for (; bits != 0 && taken < want; bits &= bits - 1) {
      const uint32_t index = word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
      out[taken++] = reinterpret_cast<void*>(end - size_t{index + 1} * bytes);
    }
    slab.free_bits[word] = bits;
  }
  slab.free_blocks = static_cast<uint16_t>(slab.free_blocks - taken);
  return taken;
}

uint32_t TakeOf(ClassOfShard& owner, SpanHeader* slab, void** out, uint32_t want) {
  const uint32_t taken = TakeFrom(*slab, out, want);
  owner.free_blocks -= taken;
  Relink(owner, slab);
  return taken;
}

struct BlockPlace {
  SpanHeader* slab = nullptr;  // nullptr: no block of the class
  uint32_t index = 0;

  uint64_t& Word() const { return slab->free_bits[index / 64]; }
  uint64_t Bit() const { return uint64_t{1} << (index % 64); }
  bool IsFree() const { return (Word() & Bit()) != 0; }
};

// A block that was freed twice may have lost its slab meanwhile.
BlockPlace PlaceOf(uint32_t size_class, const void* block) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  Chunk* chunk = ChunkOf(block);
  const PageEntry entry = chunk->EntryOf(address);
  const SizeClass& made = kSizeClasses[size_class];
  if (entry.kind() != PageKind::kSlab || entry.line() != made.line) return {};
  const uint32_t first = Chunk::PageOf(address) - (made.pages - entry.pages_to_end());
  return {&chunk->headers[first], entry.BlockIndex(address)};
}

// The blocks of one Return: found, and their headers fetched, before any lock is taken.
struct Batch {
  uint32_t size_class = 0;
  void* const* blocks = nullptr;
  uint64_t todo = 0;         // bit per block
  uint64_t freed_twice = 0;  // to be reported without a lock
  BlockPlace places[kMostBatch];
};

void FindPlaces(Batch& batch, uint32_t count) {
  for (uint32_t index = 0; index < count; ++index) {
    batch.places[index] = PlaceOf(batch.size_class, batch.blocks[index]);
    const uint64_t bit = uint64_t{1} << index;
    if (batch.places[index].slab == nullptr) {
      batch.freed_twice |= bit;
    } else {
      batch.todo |= bit;
      __builtin_prefetch(batch.places[index].slab, 1);
    }
  }
}

// After blocks came back: its bin, or back to the page heap, under this lock, so that fork and verify always
// find it in one of the books.
void Settle(ClassOfShard& owner, SpanHeader* slab) {
  const uint32_t blocks = kSizeClasses[slab->size_class].blocks;
  if (slab->free_blocks < blocks) return Relink(owner, slab);
  Unlink(owner, slab);
  --owner.slabs;
  owner.free_blocks -= blocks;
  pages::FreeSlab(slab);
}

// Under the lock of its class. A block that was freed twice may be free by now, and its slab gone or
// another's.
bool IsStillThere(const Batch& batch, uint32_t index, uint32_t shard) {
  const BlockPlace& place = batch.places[index];
  return PlaceOf(batch.size_class, batch.blocks[index]).slab == place.slab && place.slab->shard == shard &&
         !place.IsFree();
}

// Those of one shard; blocks of one slab mostly follow each other, and it is settled once.
void ReturnToShard(Batch& batch, uint32_t shard) {
  ClassOfShard& owner = all[shard][batch.size_class];
  FutexLockHolder hold(owner.lock);
  SpanHeader* current = nullptr;
  for (uint64_t rest = batch.todo; rest != 0; rest &= rest - 1) {
    const uint32_t index = static_cast<uint32_t>(std::countr_zero(rest));
    const BlockPlace& place = batch.places[index];
    if (place.slab->shard != shard) continue;
    const uint64_t bit = uint64_t{1} << index;
    batch.todo &= ~bit;
    if (!IsStillThere(batch, index, shard)) {
      batch.freed_twice |= bit;
      continue;
    }
    if (place.slab != current) {
      if (current != nullptr) Settle(owner, current);
      current = place.slab;
    }
    place.Word() |= place.Bit();
    ++current->free_blocks;
    ++owner.free_blocks;
  }
  if (current != nullptr) Settle(owner, current);
}

}  // namespace

uint64_t Refills() { return refills.load(std::memory_order_relaxed); }

uint32_t Take(uint32_t shard, uint32_t group, uint32_t size_class, void** out, uint32_t want) {
  refills.fetch_add(1, std::memory_order_relaxed);
  ClassOfShard& owner = all[shard][size_class];
  FutexLockHolder hold(owner.lock);
  uint32_t taken = 0;
  while (taken < want) {
    SpanHeader* slab = Fullest(owner);
    if (slab == nullptr) {
      if (taken != 0) break;
      slab = pages::AllocateSlab(size_class, shard, group);
      if (slab == nullptr) break;
      slab->bin = kNoBin;
      ++owner.slabs;
      owner.free_blocks += slab->free_blocks;
    }
    taken += TakeOf(owner, slab, out + taken, want - taken);
  }
  return taken;
}

void* TakeAnywhere(uint32_t first, uint32_t count, uint32_t size_class) {
  void* block = nullptr;
  for (uint32_t shard = first; shard < first + count && block == nullptr; ++shard) {
    ClassOfShard& owner = all[shard][size_class];
    FutexLockHolder hold(owner.lock);
    if (SpanHeader* slab = Fullest(owner); slab != nullptr) TakeOf(owner, slab, &block, 1);
  }
  return block;
}

// A slab stays where it is while a block of it is handed out: its shard can be read without the lock.
void Return(uint32_t size_class, void* const* blocks, uint32_t count) {
  Batch batch;
  batch.size_class = size_class;
  batch.blocks = blocks;
  FindPlaces(batch, count);
  while (batch.todo != 0) ReturnToShard(batch, batch.places[std::countr_zero(batch.todo)].slab->shard);
  for (uint64_t rest = batch.freed_twice; rest != 0; rest &= rest - 1) {
    ReportBadFree(blocks[std::countr_zero(rest)], BadFree::kDouble);
  }
}

bool IsHandedOut(uint32_t size_class, const void* block) {
  const BlockPlace place = PlaceOf(size_class, block);
  if (place.slab == nullptr) return false;
  FutexLockHolder hold(all[place.slab->shard][size_class].lock);
  return !place.IsFree();
}

ClassFigures ReadLocked(uint32_t shard, uint32_t size_class) {
  const ClassOfShard& owner = all[shard][size_class];
  return {owner.slabs, owner.slabs * kSizeClasses[size_class].blocks - owner.free_blocks};
}

ClassFigures Read(uint32_t shard, uint32_t size_class) {
  FutexLockHolder hold(all[shard][size_class].lock);
  return ReadLocked(shard, size_class);
}

FutexLock& Lock(uint32_t shard, uint32_t size_class) { return all[shard][size_class].lock; }

namespace {

const char* VerifySlab(const SpanHeader& slab, uint32_t shard, uint32_t size_class, uint32_t bin) {
  uint32_t free = 0;
  for (const uint64_t word : slab.free_bits) free += static_cast<uint32_t>(std::popcount(word));
  if (free != slab.free_blocks) return "a slab whose free bits and free count differ";
  if (slab.shard != shard || slab.size_class != size_class) return "a slab in a list that is not its own";
  if (slab.bin != bin || BinOf(slab) != bin) return "a slab in the wrong bin";
  if (slab.next != nullptr && slab.next->previous != &slab) return "a broken list of slabs";
  return nullptr;
}

const char* VerifyClass(uint32_t shard, uint32_t size_class) {
  const ClassOfShard& owner = all[shard][size_class];
  uint64_t free_blocks = 0;
  uint64_t listed = 0;
  for (uint32_t bin = 0; bin < kBins; ++bin) {
    for (const SpanHeader* slab = owner.bins[bin]; slab != nullptr; slab = slab->next) {
      if (const char* wrong = VerifySlab(*slab, shard, size_class, bin); wrong != nullptr) return wrong;
      free_blocks += slab->free_blocks;
      if (++listed > owner.slabs) return "more slabs listed than counted";
    }
  }
  return free_blocks == owner.free_blocks ? nullptr : "free blocks miscounted";
}

}  // namespace

bool MarkFree(uint32_t size_class, void* block) {
  const BlockPlace place = PlaceOf(size_class, block);
  if (place.slab == nullptr || place.IsFree()) return false;
  place.Word() |= place.Bit();
  return true;
}

void MarkUsed(uint32_t size_class, void* block) {
  const BlockPlace place = PlaceOf(size_class, block);
  place.Word() &= ~place.Bit();
}

const char* Verify(uint32_t count) {
  for (uint32_t shard = 0; shard < count; ++shard) {
    for (uint32_t size_class = 0; size_class < kClasses; ++size_class) {
      if (const char* wrong = VerifyClass(shard, size_class); wrong != nullptr) return wrong;
    }
  }
  return nullptr;
}

}  // namespace memgov::arena::shards
