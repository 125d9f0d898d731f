// Buffer: what was read of a message so far, in a block that doubles as it fills, as readers do it.
//
// Safety: one thread at a time; a block may be freed by another thread than the one that made it grow.
#ifndef BENCHMARKS_POOL_CHURN_BUFFER_H_
#define BENCHMARKS_POOL_CHURN_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace pool_churn {

class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { std::free(bytes_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // One read: as much of `message` as the doubled block takes, never beyond the length that the head
  // announced. True when that was all of it.
  bool ReadOnce(std::string_view message) {
    const size_t capacity = std::min(size_ == 0 ? kFirstRead : size_ * 2, message.size());
    bytes_ = static_cast<char*>(std::realloc(bytes_, capacity));
    if (bytes_ == nullptr) std::abort();
    std::memcpy(bytes_ + size_, message.data() + size_, capacity - size_);
    size_ = capacity;
    return size_ == message.size();
  }

  std::string_view content() const { return {bytes_, size_}; }

  void Free() {
    std::free(bytes_);
    bytes_ = nullptr;
    size_ = 0;
  }

 private:
  static constexpr size_t kFirstRead = 4096;

  char* bytes_ = nullptr;
  size_t size_ = 0;
};

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_BUFFER_H_
