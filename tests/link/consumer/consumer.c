/* The same in C. */
#include <memgov/memgov.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  char* volatile block = malloc(1 << 20);
  memgov_stats_t stats = {.size = sizeof stats};
  const char* version = memgov_version();
  memgov_stats(&stats);
  printf("%s serves=%d saw=%d\n", version != NULL ? version : "", memgov_available(),
         stats.allocated_bytes >= 1 << 20);
  free(block);
  return 0;
}
