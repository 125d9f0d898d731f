// Counts live bytes into the file that MEMGOV_COUNTING_FILE names; without one, into memory nobody reads.
//
// Safety: any thread, inside malloc: no allocation, no locks. A forked child counts no further.
#ifndef BENCHMARKS_COUNTING_LIVE_BYTES_H_
#define BENCHMARKS_COUNTING_LIVE_BYTES_H_

#include <cstddef>
#include <cstdint>

namespace counting {

// A change of what is live: a block that came (`blocks` = 1), went (-1) or was resized (0).
void Count(int64_t requested_bytes, int64_t usable_bytes, int64_t blocks);

}  // namespace counting

#endif  // BENCHMARKS_COUNTING_LIVE_BYTES_H_
