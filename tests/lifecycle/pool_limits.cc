// Beyond 64 pools a thread stays where it is: enter and bind answer, nothing breaks, and scopes still nest.
#include <stdio.h>

#include "lifecycle/pools.h"

int main() {
  CHECK_EQ(memgov_pool_bind("home"), 0);
  uint32_t tokens[200];
  char name[32];
  for (int i = 0; i < 200; ++i) {
    snprintf(name, sizeof name, "pool-%d", i);
    tokens[i] = memgov_pool_enter(name);
    free(malloc(100));
  }
  CHECK(memgov_pools(nullptr, 0, sizeof(memgov_pool_t)) <= kMostPools);
  for (int i = 199; i >= 0; --i) CHECK_EQ(memgov_pool_leave(tokens[i]), 0);
  CHECK_EQ(memgov_pool_leave(tokens[0]), tokens[0] ? -1 : 0);  // no scope is open any more
  CHECK_EQ(memgov_pool_bind("one too many"), -1);
  CHECK_EQ(PoolNamed("home").threads, 1);
  CHECK_EQ(memgov_pool_leave(memgov_pool_enter(nullptr)), 0);
  CHECK_EQ(memgov_pool_leave(memgov_pool_enter("")), 0);
}
