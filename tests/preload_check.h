// preload_check.h: what every small preload test needs: CHECK, SKIP, a watchdog, and the RSS. C and C++.
//
// Safety: nothing here allocates, locks or uses stdio, so it works in constructors, signal handlers and
// forked children of threaded processes. Assumptions: Linux with /proc; one watchdog per process.
#ifndef MEMGOV_TESTS_PRELOAD_CHECK_H_
#define MEMGOV_TESTS_PRELOAD_CHECK_H_

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#ifdef __cplusplus
#include <initializer_list>  // range-for over braces, in most tests

extern "C" {
#endif

#define TEST_UNUSED __attribute__((unused))

TEST_UNUSED static inline void Say(const char* text) {
  size_t left = strlen(text);
  while (left > 0) {
    const ssize_t written = write(2, text, left);
    if (written <= 0) return;
    text += written;
    left -= (size_t)(written);
  }
}

TEST_UNUSED static inline void SayNumber(long long number) {
  char digits[24];
  char* at = digits + sizeof digits - 1;
  unsigned long long rest = number < 0 ? 0ULL - (unsigned long long)(number) : (unsigned long long)(number);
  *at = '\0';
  do {
    *--at = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest);
  if (number < 0) *--at = '-';
  Say(at);
}

// _exit, not exit: a failed check in one of many threads must not run destructors under the others.
TEST_UNUSED __attribute__((noreturn, cold)) static void CheckFailed(const char* file, int line,
                                                                    const char* text) {
  const int saved = errno;
  Say(file);
  Say(":");
  SayNumber(line);
  Say(": CHECK failed: ");
  Say(text);
  Say(" (errno ");
  SayNumber(saved);
  Say(")\n");
  _exit(1);
}

TEST_UNUSED __attribute__((noreturn, cold)) static void CheckEqualFailed(const char* file, int line,
                                                                         const char* text, long long left,
                                                                         long long right) {
  Say("values: ");
  SayNumber(left);
  Say(" and ");
  SayNumber(right);
  Say("\n");
  CheckFailed(file, line, text);
}

#define CHECK(condition)                                           \
  do {                                                             \
    if (!(condition)) CheckFailed(__FILE__, __LINE__, #condition); \
  } while (0)

// For integers: prints both values.
#define CHECK_EQ(left, right)                                                             \
  do {                                                                                    \
    const long long left_value = (left), right_value = (right);                           \
    if (left_value != right_value)                                                        \
      CheckEqualFailed(__FILE__, __LINE__, #left " == " #right, left_value, right_value); \
  } while (0)

// ctest reads exit status 77 as "skipped".
TEST_UNUSED __attribute__((noreturn, cold)) static void Skip(const char* reason) {
  Say("skipped: ");
  Say(reason);
  Say("\n");
  _exit(77);
}

TEST_UNUSED static void WatchdogBarked(int number) {
  (void)number;
  static const char message[] = "watchdog: the test hangs\n";
  (void)!write(2, message, sizeof message - 1);
  _exit(1);
}

// Turns a hang of this process into a failure. fork clears it: a child sets its own.
TEST_UNUSED static void Watchdog(unsigned seconds) {
  sigset_t just_alarm;
  sigemptyset(&just_alarm);
  sigaddset(&just_alarm, SIGALRM);
  signal(SIGALRM, WatchdogBarked);
  sigprocmask(SIG_UNBLOCK, &just_alarm, NULL);
  alarm(seconds);
}

// Hides a value from the optimiser and from warnings about absurd sizes.
TEST_UNUSED static inline size_t Opaque(size_t value) {
  __asm__ volatile("" : "+r"(value));
  return value;
}

TEST_UNUSED static inline void* Escape(void* block) {
  __asm__ volatile("" : "+r"(block) : : "memory");
  return block;
}

TEST_UNUSED static inline int IsAligned(const void* block, size_t alignment) {
  return ((uintptr_t)(block) & (alignment - 1)) == 0;
}

TEST_UNUSED static size_t ReadWholeFile(const char* path, char* buffer, size_t size) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  size_t filled = 0;
  if (file < 0) return 0;
  while (filled + 1 < size) {
    const ssize_t got = read(file, buffer + filled, size - 1 - filled);
    if (got <= 0) break;
    filled += (size_t)(got);
  }
  close(file);
  buffer[filled] = '\0';
  return filled;
}

// The number that follows `label` in a /proc file such as status; -1 where there is none.
TEST_UNUSED static long long ProcNumber(const char* path, const char* label) {
  char text[8192];
  const char* at;
  long long number = 0;
  if (!ReadWholeFile(path, text, sizeof text)) return -1;
  at = strstr(text, label);
  if (!at) return -1;
  at += strlen(label);
  while (*at == ' ' || *at == '\t') ++at;
  while (*at >= '0' && *at <= '9') number = number * 10 + (*at++ - '0');
  return number;
}

// smaps_rollup is exact; statm lags by up to 64 pages per thread.
TEST_UNUSED static size_t ResidentBytes(void) {
  const long long kib = ProcNumber("/proc/self/smaps_rollup", "Rss:");
  return kib < 0 ? 0 : (size_t)(kib)*1024;
}

#ifdef __cplusplus
}
#endif

#endif  // MEMGOV_TESTS_PRELOAD_CHECK_H_
