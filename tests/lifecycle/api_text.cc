// memgov_text: three kinds, whole or cut as snprintf cuts, and nothing beyond the caller's buffer.
#include <stdlib.h>

#include "lifecycle/pressure.h"

static char text[1 << 18];

static size_t Write(int kind) {
  const size_t length = memgov_text(kind, text, sizeof text);
  CHECK(length > 0 && length < sizeof text);
  CHECK_EQ(strlen(text), length);
  CHECK_EQ(text[length - 1], '\n');
  return length;
}

static void CheckCut(int kind) {
  static char cut[64];
  memset(cut, 'x', sizeof cut);
  CHECK(memgov_text(kind, cut, 20) > 20);
  CHECK_EQ(strlen(cut), 19);
  CHECK_EQ(cut[20], 'x');
  CHECK_EQ(memcmp(cut, text, 10), 0);
  memset(cut, 'x', sizeof cut);
  CHECK(memgov_text(kind, cut, 0) > 20);
  CHECK_EQ(cut[0], 'x');
  CHECK(memgov_text(kind, nullptr, 0) > 20);
  CHECK(memgov_text(kind, nullptr, 100) > 20);
}

int main() {
  Watchdog(60);
  errno = EXDEV;
  const uint32_t token = memgov_pool_enter("say \"io\"\\\xff");
  CHECK(token > 0);
  CHECK_EQ(memgov_pool_budget_set("io", 123 * kMega), 0);

  Write(MEMGOV_TEXT_JSON);
  CHECK(text[0] == '{' && strstr(text, "\"engine\":\"") && strstr(text, getenv("MEMGOV_TEST_ENGINE")));
  CHECK(strstr(text, R"({"pool":"say \"io\"\\\\xff",)"));
  CheckCut(MEMGOV_TEXT_JSON);
  Write(MEMGOV_TEXT_PROMETHEUS);
  CHECK(strstr(text, "# TYPE memgov_resident_bytes gauge\nmemgov_resident_bytes "));
  CHECK(strstr(text, R"(memgov_pool_live_bytes{pool="say \"io\"\\\\xff"} )"));
  CHECK(strstr(text, "memgov_pool_soft_budget_bytes{pool=\"io\"} 128974848\n"));
  CheckCut(MEMGOV_TEXT_PROMETHEUS);
  Write(MEMGOV_TEXT_CONFIG);
  CHECK(strstr(text, "\n  MEMGOV_TRIM_INTERVAL    30.0 s            environment\n"));
  CHECK(strstr(text, "\n  MEMGOV_IDLE_MS ") && strstr(text, "\nlimits in force:\n"));
  CheckCut(MEMGOV_TEXT_CONFIG);

  for (int kind : {0, -1, 4, 4711}) CHECK_EQ(memgov_text(kind, text, sizeof text), 0);
  CHECK_EQ(errno, EXDEV);
}
