// valloc aligns to the page; pvalloc rounds the size up to whole pages too.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

int main() {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  for (size_t size : {size_t{0}, size_t{1}, size_t{100}, page - 1, page, page + 1, 10 * page + 3}) {
    void* block = valloc(size);
    CHECK(block != nullptr && IsAligned(block, page));
    memset(block, 3, size);
    free(block);

    const size_t rounded = (size + page - 1) / page * page;
    block = pvalloc(size);
    CHECK(block != nullptr && IsAligned(block, page));
    CHECK(malloc_usable_size(block) >= rounded);
    memset(block, 4, rounded);
    free(block);
  }
}
