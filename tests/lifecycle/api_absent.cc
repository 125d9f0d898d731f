// Every call of the C API is safe where memgov is absent, and errno is kept either way.
#include <memgov/memgov.h>
#include <stdlib.h>
#include <memgov/memgov.hpp>

#include "preload_check.h"

int main() {
  const bool present = strcmp(getenv("MEMGOV_TEST_ENGINE"), "glibc") != 0;
  errno = EXDEV;
  CHECK_EQ(memgov_available(), present);
  CHECK_EQ(memgov_version() != nullptr, present);
  {
    memgov::PoolScope scope("scope");
    CHECK_EQ(memgov_pool_bind("bound"), present ? 0 : -1);
  }
  memgov_stats_t stats = {};
  stats.size = sizeof stats;
  CHECK_EQ(memgov_stats(&stats), present ? 0 : -1);
  CHECK_EQ(memgov::Pools().empty(), !present);
  if (!present) CHECK_EQ(memgov_release(SIZE_MAX), 0);
  CHECK_EQ(errno, EXDEV);
}
