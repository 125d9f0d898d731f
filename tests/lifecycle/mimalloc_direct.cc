// A program that is linked with libmimalloc and calls it by its own names, and malloc besides: blocks of
// either are freed and resized by the other, from several threads, while memgov releases. With another
// libmimalloc asked for, too: two in one process would call each other's functions.
#include <pthread.h>
#include <stdlib.h>

#include "preload_check.h"

extern "C" {
void* mi_malloc(size_t size);
void mi_free(void* block);
}

namespace {
void* Work(void*) {
  for (size_t round = 0; round < 20000; ++round) {
    void* direct = mi_malloc(round % 5000);
    void* plain = malloc(round % 50000);
    CHECK(direct != nullptr && plain != nullptr);
    direct = realloc(direct, round % 7000 + 1);
    CHECK(direct != nullptr);
    memset(direct, 1, round % 7000 + 1);
    free(direct);
    free(plain);
    mi_free(mi_malloc(10));
  }
  return nullptr;
}
}  // namespace

int main() {
  pthread_t threads[4];
  for (pthread_t& thread : threads) CHECK_EQ(pthread_create(&thread, nullptr, Work, nullptr), 0);
  for (pthread_t thread : threads) CHECK_EQ(pthread_join(thread, nullptr), 0);
}
