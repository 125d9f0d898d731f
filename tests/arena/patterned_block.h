// patterned_block.h: blocks of any size, made in every way that the engine has, that know what is in them.
//
// Safety: one block belongs to one thread at a time; nothing here allocates but the engine.
// Assumptions: an allocation may fail only where the test says so.
#ifndef MEMGOV_TESTS_ARENA_PATTERNED_BLOCK_H_
#define MEMGOV_TESTS_ARENA_PATTERNED_BLOCK_H_

#include "arena/engine_under_test.h"
#include "random.h"

namespace engine_under_test {

class PatternedBlock {
 public:
  // False: no memory, and there is no block.
  bool New(Random& random, size_t size) {
    size_ = size;
    pattern_ = static_cast<unsigned char>(random.Below(255) + 1);
    switch (random.Below(4)) {
      case 0:
        NewZeroed(size);
        break;
      case 1:
        NewAligned(size_t{16} << random.Below(13), size);
        break;
      default:
        bytes_ = static_cast<unsigned char*>(Allocate(size));
    }
    if (bytes_ != nullptr) Fill(0);
    return bytes_ != nullptr;
  }

  // False: no memory, and the block is as it was.
  bool Resize(size_t size) {
    auto* moved = static_cast<unsigned char*>(ArenaEngine::Resize(bytes_, size));
    if (moved == nullptr) return false;
    bytes_ = moved;
    const size_t kept = size < size_ ? size : size_;
    CheckFirst(kept);
    if (kept == size_) CHECK_EQ(bytes_[kept - 1], pattern_);
    size_ = size;
    Fill(kept / kStride);
    return true;
  }

  void Delete() {
    if (bytes_ == nullptr) return;
    Check();
    Free(bytes_);
    bytes_ = nullptr;
  }

  void Check() const {
    CheckFirst(size_);
    CHECK_EQ(bytes_[size_ - 1], pattern_);
  }
  bool exists() const { return bytes_ != nullptr; }

 private:
  // Not every byte of what may be 40 MiB, but eight of each page, and the last.
  static constexpr size_t kStride = 509;

  void NewZeroed(size_t size) {
    bytes_ = static_cast<unsigned char*>(ArenaEngine::AllocateZeroed(size));
    if (bytes_ == nullptr) return;
    for (size_t at = 0; at < size; at += kStride) CHECK_EQ(bytes_[at], 0);
    for (size_t at = 0; at < size && at < 4096; ++at) CHECK_EQ(bytes_[at], 0);
    CHECK_EQ(bytes_[size - 1], 0);
  }

  void NewAligned(size_t alignment, size_t size) {
    bytes_ = static_cast<unsigned char*>(ArenaEngine::AllocateAligned(alignment, size, false));
    CHECK(IsAligned(bytes_, alignment));
  }

  void Fill(size_t from_stride) const {
    CHECK(ArenaEngine::UsableSize(bytes_) >= size_);
    for (size_t at = from_stride * kStride; at < size_; at += kStride) bytes_[at] = pattern_;
    bytes_[size_ - 1] = pattern_;
  }

  void CheckFirst(size_t count) const {
    for (size_t at = 0; at < count; at += kStride) CHECK_EQ(bytes_[at], pattern_);
  }

  unsigned char* bytes_ = nullptr;
  size_t size_ = 0;
  unsigned char pattern_ = 0;
};

}  // namespace engine_under_test

#endif  // MEMGOV_TESTS_ARENA_PATTERNED_BLOCK_H_
