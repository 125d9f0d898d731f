// owned_block.h: blocks of the engine with an entry each in a table of owners. Who gets a block claims it
// there by an atomic exchange, and must have found nobody; who frees it clears the entry first, and must have
// found the tag it was claimed with. So a block that two threads were given at a time is found at once,
// whatever they write into it.
//
// Safety: any thread, forked and vforked children too; nothing here allocates. The exchanges are relaxed, so
// that they order nothing that the engine itself should (ThreadSanitizer sees the engine's order alone).
// Assumptions: blocks lie in at most 8 ranges of 1 GiB.
#ifndef MEMGOV_TESTS_ARENA_OWNED_BLOCK_H_
#define MEMGOV_TESTS_ARENA_OWNED_BLOCK_H_

#include <sys/mman.h>

#include <atomic>

#include "arena/engine_under_test.h"
#include "random.h"

namespace engine_under_test {

class OwnerTable {
 public:
  OwnerTable() {
    void* memory = mmap(nullptr, kRanges * (kRangeBytes / kGranule) * sizeof(uint16_t),
                        PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(memory != MAP_FAILED);
    entries_ = static_cast<std::atomic<uint16_t>*>(memory);
  }

  std::atomic<uint16_t>& EntryOf(uintptr_t address) {
    const uintptr_t inside = address & (kRangeBytes - 1);
    return entries_[RangeOf(address >> kRangeShift) * (kRangeBytes / kGranule) + inside / kGranule];
  }

 private:
  static constexpr int kRangeShift = 30;
  static constexpr uintptr_t kRangeBytes = uintptr_t{1} << kRangeShift;
  static constexpr uintptr_t kGranule = 16;
  static constexpr uintptr_t kRanges = 8;

  uintptr_t RangeOf(uintptr_t number) {
    for (uintptr_t index = 0; index < kRanges; ++index) {
      uintptr_t there = ranges_[index].load(std::memory_order_relaxed);
      if (there == 0 && ranges_[index].compare_exchange_strong(there, number, std::memory_order_relaxed))
        return index;
      if (there == number) return index;
    }
    CheckFailed(__FILE__, __LINE__, "blocks in no more than 8 GiB of addresses");
  }

  std::atomic<uint16_t>* entries_;
  std::atomic<uintptr_t> ranges_[kRanges] = {};
};

// Made before main: a child that is forked while another thread makes a function's static waits for it for
// ever.
inline OwnerTable owner_table;

// Few and hot: slots with 63, 63, 32, 8 and 2 blocks of a class.
inline constexpr size_t kOwnedSizes[] = {16, 64, 512, 2048, 16384};

// A block and its tag in one word, which passes between threads in one piece. The tag's low 3 bits say which
// size. 0: none.
class OwnedBlock {
 public:
  OwnedBlock() = default;
  explicit OwnedBlock(uint64_t bits) : bits_(bits) {}

  static OwnedBlock New(Random& random) {
    const uint16_t index = static_cast<uint16_t>(random.Below(std::size(kOwnedSizes)));
    const uint16_t tag = static_cast<uint16_t>((1 + random.Below(8191)) << 3 | index);
    void* block = Allocate(kOwnedSizes[index]);
    CHECK(block != nullptr);
    const OwnedBlock owned(uint64_t{tag} << 48 | reinterpret_cast<uintptr_t>(block));
    CHECK_EQ(owned.Entry().exchange(tag, std::memory_order_relaxed), 0);
    owned.Fill();
    return owned;
  }

  void Delete() {
    if (bits_ == 0) return;
    CheckContent();
    CHECK_EQ(Entry().exchange(0, std::memory_order_relaxed), Tag());
    Free(Block());
    bits_ = 0;
  }

  uint64_t bits() const { return bits_; }

 private:
  uint16_t Tag() const { return static_cast<uint16_t>(bits_ >> 48); }
  size_t Size() const { return kOwnedSizes[Tag() & 7]; }
  unsigned char* Block() const { return reinterpret_cast<unsigned char*>(bits_ & ((uint64_t{1} << 48) - 1)); }
  std::atomic<uint16_t>& Entry() const { return owner_table.EntryOf(reinterpret_cast<uintptr_t>(Block())); }
  // All bytes of one in 16, the first word of the others.
  bool IsSample() const { return (Tag() >> 3) % 16 == 0; }
  unsigned char Pattern() const { return static_cast<unsigned char>(Tag() >> 5 | 1); }

  void Fill() const {
    if (IsSample()) memset(Block(), Pattern(), Size());
    memcpy(Block(), &bits_, sizeof bits_);
  }

  void CheckContent() const {
    uint64_t first = 0;
    memcpy(&first, Block(), sizeof first);
    CHECK(first == bits_);
    if (!IsSample()) return;
    for (size_t at = sizeof first; at < Size(); ++at) CHECK_EQ(Block()[at], Pattern());
  }

  uint64_t bits_ = 0;
};

// Blocks that threads swap with each other, so that most are freed by another thread than allocated them.
class SharedBlocks {
 public:
  OwnedBlock Swap(Random& random, OwnedBlock block) {
    return OwnedBlock(
        blocks_[random.Below(std::size(blocks_))].exchange(block.bits(), std::memory_order_acq_rel));
  }
  void Clear() {
    for (auto& block : blocks_) OwnedBlock(block.exchange(0, std::memory_order_acq_rel)).Delete();
  }

 private:
  std::atomic<uint64_t> blocks_[256] = {};
};

// One thread's blocks: a step allocates or frees one, and now and then swaps it, or frees them all.
class Churn {
 public:
  Churn(uint64_t seed, SharedBlocks& shared) : random_(seed), shared_(shared) {}
  ~Churn() { FreeAll(); }
  Churn(const Churn&) = delete;
  Churn& operator=(const Churn&) = delete;

  void Step() {
    OwnedBlock& held = held_[random_.Below(std::size(held_))];
    if (held.bits() != 0) {
      held.Delete();
    } else {
      held = OwnedBlock::New(random_);
    }
    const uint64_t what = random_.Below(4096);
    if (what < 512) held = shared_.Swap(random_, held);
    if (what == 4095) FreeAll();
  }

 private:
  void FreeAll() {
    for (OwnedBlock& held : held_) held.Delete();
  }

  Random random_;
  SharedBlocks& shared_;
  OwnedBlock held_[128];
};

}  // namespace engine_under_test

#endif  // MEMGOV_TESTS_ARENA_OWNED_BLOCK_H_
