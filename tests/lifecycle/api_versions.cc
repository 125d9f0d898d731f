// Calls have the version of the release that brought them; malloc has none, so that references to glibc's
// bind to ours: the program's and the C library's own.
#include <dlfcn.h>
#include <memgov/memgov.h>
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

static bool IsInObject(void* address) {
  Dl_info own, other;
  return address && dladdr(address, &other) && dladdr(dlsym(RTLD_DEFAULT, "memgov_version"), &own) &&
         own.dli_fbase == other.dli_fbase;
}

template <typename F>
static void* AddressOf(F* function) {
  return reinterpret_cast<void*>(function);
}

static uint64_t AllocatedBytes() {
  memgov_stats_t stats = {};
  stats.size = sizeof stats;
  CHECK_EQ(memgov_stats(&stats), 0);
  return stats.allocated_bytes;
}

int main() {
  CHECK(IsInObject(dlvsym(RTLD_DEFAULT, "memgov_stats", "MEMGOV_0.1")));
  CHECK(IsInObject(dlvsym(RTLD_DEFAULT, "memgov_budget", "MEMGOV_0.2")));
  CHECK(dlvsym(RTLD_DEFAULT, "memgov_budget", "MEMGOV_0.1") == nullptr);
  CHECK(dlvsym(RTLD_DEFAULT, "memgov_budget", "MEMGOV_9.9") == nullptr);
  // The linker bound these to versions of glibc's: malloc@GLIBC_2.2.5 on x86-64.
  for (void* hook : {AddressOf(malloc), AddressOf(free), AddressOf(calloc), AddressOf(posix_memalign),
                     AddressOf(pthread_create)})
    CHECK(IsInObject(hook));
  constexpr size_t kBytes = 1 << 20;
  static char text[kBytes];
  memset(text, 'x', kBytes - 1);
  const uint64_t before = AllocatedBytes();
  char* copy = strdup(text);  // allocates inside the C library
  CHECK(AllocatedBytes() >= before + kBytes);
  free(copy);
}
