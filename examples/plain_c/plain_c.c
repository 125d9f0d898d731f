/* plain_c: a worker in C11 that asks memgov what it may take on. It needs memgov.h and no library: under
 * LD_PRELOAD=libmemgov.so the calls find memgov, and without it each of them answers "absent".
 *
 * usage: plain_c <MiB>...    one job for each argument; exit status 1 when one was not done */
#include <memgov/memgov.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>

enum { kAttempts = 20, kAttemptMilliseconds = 50 };

static atomic_int pressure_calls;

/* On a thread of memgov's own. A worker with a cache would drop it here. */
static void OnPressure(const memgov_pressure_t* event, void* data) {
  (void)data;
  if (event->rung != MEMGOV_NORMAL) atomic_fetch_add(&pressure_calls, 1);
}

/* Asks until the answer is final. */
static int Admit(size_t bytes) {
  const struct timespec pause = {.tv_nsec = kAttemptMilliseconds * 1000000L};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const int answer = memgov_admit(bytes);
    if (answer != MEMGOV_DEFER) return answer;
    thrd_sleep(&pause, NULL);
  }
  return MEMGOV_REJECT;
}

/* Under `pool jobs` in every report of memgov's. NULL when there was no memory. */
static char* MakeResult(size_t bytes) {
  const uint32_t scope = memgov_pool_enter("jobs");
  char* result = malloc(bytes);
  memgov_pool_leave(scope);
  if (result != NULL) memset(result, 'x', bytes);
  return result;
}

static const char* DoJob(size_t bytes) {
  if (Admit(bytes) != MEMGOV_ADMITTED) return "rejected";
  char* result = MakeResult(bytes);
  const char* outcome = result != NULL && result[bytes - 1] == 'x' ? "done" : "out of memory";
  free(result);
  memgov_admit_done(bytes);
  return outcome;
}

static void PrintPools(void) {
  memgov_pool_t pools[64];
  const size_t count = memgov_pools(pools, 64, sizeof pools[0]);
  for (size_t i = 0; i < count && i < 64; ++i) printf("pool %s\n", pools[i].name);
}

int main(int count, char** arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: plain_c <MiB>...\n");
    return 2;
  }
  const char* version = memgov_version();
  printf("memgov %s\n", version != NULL ? version : "absent");
  const int callback = memgov_on_pressure(OnPressure, NULL);
  int failed = 0;
  for (int i = 1; i < count; ++i) {
    char* end = NULL;
    const unsigned long mib = strtoul(arguments[i], &end, 10);
    if (*end != '\0' || mib == 0 || mib > 1024) {
      fprintf(stderr, "plain_c: '%s': allowed are 1 to 1024 MiB\n", arguments[i]);
      return 2;
    }
    const char* outcome = DoJob(mib << 20);
    if (strcmp(outcome, "done") != 0) failed = 1;
    printf("job of %lu MiB: %s\n", mib, outcome);
  }
  memgov_release(SIZE_MAX);
  memgov_stats_t stats = {.size = sizeof stats};
  if (memgov_stats(&stats) == 0) {
    printf("told of pressure %d times\n", atomic_load(&pressure_calls));
    PrintPools();
    printf("held now: %lu MiB\n", (unsigned long)(stats.held_bytes >> 20));
  }
  memgov_off_pressure(callback);
  return failed;
}
