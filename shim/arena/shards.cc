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
  return static_cast<uint8_t>((slab.free_blocks * kBins - 1) / kSizeClasses[slab.size_class].blocks);
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

struct BlockPlace {
  SpanHeader* slab;
  uint32_t word;
  uint64_t bit;
};

BlockPlace PlaceOf(const void* block) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(block);
  Chunk* chunk = ChunkOf(block);
  const PageEntry entry = chunk->EntryOf(address);
  SpanHeader* slab = &chunk->headers[chunk->PageOf(address) - entry.page_in_slab()];
  const uint32_t index = entry.BlockIndex(address);
  return {slab, index / 64, uint64_t{1} << (index % 64)};
}

// A block that was freed twice may have lost its slab meanwhile.
bool IsOfClass(uint32_t size_class, const void* block) {
  const PageEntry entry = ChunkOf(block)->EntryOf(reinterpret_cast<uintptr_t>(block));
  return entry.kind() == PageKind::kSlab && entry.size_class() == size_class;
}

// What one lock's hold leaves to do without it.
struct Leftovers {
  void* freed_twice[kMostBatch];
  uint32_t freed_twice_count = 0;
};

void ReturnOne(ClassOfShard& owner, void* block, Leftovers& left) {
  const BlockPlace place = PlaceOf(block);
  SpanHeader* slab = place.slab;
  if ((slab->free_bits[place.word] & place.bit) != 0) {
    left.freed_twice[left.freed_twice_count++] = block;
    return;
  }
  slab->free_bits[place.word] |= place.bit;
  ++slab->free_blocks;
  ++owner.free_blocks;
  const uint32_t blocks = kSizeClasses[slab->size_class].blocks;
  if (slab->free_blocks < blocks) return Relink(owner, slab);
  Unlink(owner, slab);
  --owner.slabs;
  owner.free_blocks -= blocks;
  pages::FreeSlab(slab);  // under this lock, so that fork and verify always find it in one of the books
}

void Finish(Leftovers& left) {
  for (uint32_t index = 0; index < left.freed_twice_count; ++index) {
    ReportBadFree(left.freed_twice[index], BadFree::kDouble);
  }
}

uint32_t ShardOf(const void* block) { return PlaceOf(block).slab->shard; }

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
    const uint32_t got = TakeFrom(*slab, out + taken, want - taken);
    taken += got;
    owner.free_blocks -= got;
    Relink(owner, slab);
  }
  return taken;
}

// A slab stays where it is while a block of it is handed out: its shard can be read without the lock.
void Return(uint32_t size_class, void* const* blocks, uint32_t count) {
  uint32_t todo = count >= 32 ? UINT32_MAX : (uint32_t{1} << count) - 1;
  while (todo != 0) {
    const uint32_t first = static_cast<uint32_t>(std::countr_zero(todo));
    if (!IsOfClass(size_class, blocks[first])) {
      todo &= todo - 1;
      ReportBadFree(blocks[first], BadFree::kDouble);
      continue;
    }
    const uint32_t shard = ShardOf(blocks[first]);
    Leftovers left;
    {
      ClassOfShard& owner = all[shard][size_class];
      FutexLockHolder hold(owner.lock);
      for (uint32_t rest = todo; rest != 0; rest &= rest - 1) {
        const uint32_t index = static_cast<uint32_t>(std::countr_zero(rest));
        if (!IsOfClass(size_class, blocks[index]) || ShardOf(blocks[index]) != shard) continue;
        ReturnOne(owner, blocks[index], left);
        todo &= ~(uint32_t{1} << index);
      }
    }
    Finish(left);
  }
}

bool IsHandedOut(uint32_t size_class, const void* block) {
  if (!IsOfClass(size_class, block)) return false;
  const BlockPlace place = PlaceOf(block);
  FutexLockHolder hold(all[place.slab->shard][size_class].lock);
  return (place.slab->free_bits[place.word] & place.bit) == 0;
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
  if (!IsOfClass(size_class, block)) return false;
  const BlockPlace place = PlaceOf(block);
  if ((place.slab->free_bits[place.word] & place.bit) != 0) return false;
  place.slab->free_bits[place.word] |= place.bit;
  return true;
}

void MarkUsed(void* block) {
  const BlockPlace place = PlaceOf(block);
  place.slab->free_bits[place.word] &= ~place.bit;
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
