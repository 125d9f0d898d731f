// Bodies: what clients send, encoded so that reading costs little beside the blocks that a document is made
// of.
//
// A value is a tag byte, then: 's' length(u16) bytes; 'n' a double; 'a' count(u16) values; 'o' count(u16)
// times (length(u8) bytes of the key, value). A chat completion in shape: many messages, tool definitions,
// metadata. Safety: pure.
#ifndef BENCHMARKS_POOL_CHURN_BODY_H_
#define BENCHMARKS_POOL_CHURN_BODY_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace pool_churn {

// splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): the same on every
// machine, where the distributions of <random> are not.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  // From `least` to `most`, both included.
  size_t Between(size_t least, size_t most) { return least + Next() % (most - least + 1); }
  // The same, with every doubling equally likely: most strings are short.
  size_t Spread(size_t least, size_t most);

 private:
  uint64_t state_;
};

// A body of `bytes` bytes or up to 3 KB more, the same for the same seed.
std::string MakeBody(size_t bytes, uint64_t seed);

}  // namespace pool_churn

#endif  // BENCHMARKS_POOL_CHURN_BODY_H_
