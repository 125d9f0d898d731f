// The API's calls that look at everything run on a thread with the smallest stack that there may be.
#include <limits.h>
#include <pthread.h>

#include "lifecycle/pressure.h"

static char text[1 << 17];

static void* Ask(void*) {
  for (int kind : {MEMGOV_TEXT_JSON, MEMGOV_TEXT_PROMETHEUS, MEMGOV_TEXT_CONFIG})
    CHECK(memgov_text(kind, text, sizeof text) > 0);
  CHECK(Budget().charged_bytes > 0);
  CHECK_EQ(memgov_budget_set(100 * kMega, 200 * kMega), 0);
  CHECK_EQ(memgov_admit(SIZE_MAX), MEMGOV_REJECT);
  CHECK_EQ(Counters().rejected, 1);
  return nullptr;
}

int main() {
  Watchdog(60);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  CHECK_EQ(pthread_attr_setstacksize(&attributes, static_cast<size_t>(PTHREAD_STACK_MIN)), 0);
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, &attributes, Ask, nullptr), 0);
  CHECK_EQ(pthread_join(thread, nullptr), 0);
}
