// random.h: a small generator with a seed, the same sequence everywhere (xorshift64*, Vigna 2016).
//
// Safety: a value type; allocates nothing. Not for statistics.
// Assumptions: the seed is not zero.
#ifndef MEMGOV_TESTS_RANDOM_H_
#define MEMGOV_TESTS_RANDOM_H_

#include <cstddef>
#include <cstdint>

class Random {
 public:
  explicit constexpr Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u | 1) {}

  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1Du;
  }
  uint64_t Below(uint64_t limit) { return (Next() >> 11) % limit; }

  // Mostly small, sometimes large: each power of two up to 2^max_log2 is as likely as the others.
  size_t Size(unsigned max_log2) { return Below((uint64_t{1} << Below(max_log2 + 1)) + 1); }

 private:
  uint64_t state_;
};

#endif  // MEMGOV_TESTS_RANDOM_H_
