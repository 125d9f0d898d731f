// What the drivers start: uses the heap from two threads and says so on stdout.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <string>

#include "preload_check.h"

namespace {
void* Work(void* given) {
  free(given);
  for (size_t size = 1; size < 3000000; size = size * 2 + 1) {
    char* block = static_cast<char*>(realloc(calloc(1, size), size * 2));
    CHECK(block != nullptr);
    memset(block, 1, size * 2);
    free(block);
  }
  return strdup("from the thread");
}
}  // namespace

int main() {
  pthread_t thread;
  void* text;
  CHECK_EQ(pthread_create(&thread, nullptr, Work, malloc(100)), 0);
  Work(nullptr);
  CHECK_EQ(pthread_join(thread, &text), 0);
  std::string line = "hello " + std::string(static_cast<char*>(text));
  free(text);
  puts(line.c_str());
}
