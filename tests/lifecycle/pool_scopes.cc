// Scopes nest: what is allocated inside counts for the innermost pool, and leaving restores the one before;
// live bytes go down again when the blocks are freed, whichever scope is open then.
#include "lifecycle/pools.h"

int main() {
  const uint32_t outer = memgov_pool_enter("outer");
  SampleBlocks* of_outer = new SampleBlocks;
  const uint32_t inner = memgov_pool_enter("inner");
  SampleBlocks* of_inner = new SampleBlocks;
  CHECK_EQ(memgov_pool_leave(inner), 0);
  SampleBlocks* of_outer_too = new SampleBlocks;
  CHECK_EQ(memgov_pool_leave(outer), 0);

  CheckAbout(PoolNamed("outer").live_bytes / 2, kSampleBytes);
  CheckAbout(PoolNamed("inner").live_bytes, kSampleBytes);
  memgov_pool_enter("elsewhere");
  delete of_outer;
  delete of_inner;
  CheckAbout(PoolNamed("outer").live_bytes, kSampleBytes);
  CheckAbout(PoolNamed("inner").live_bytes, 0);
  delete of_outer_too;
  CheckAbout(PoolNamed("outer").live_bytes, 0);
}
