// Blocks that memgov never made, straight from libc's own allocator: free, realloc and malloc_usable_size
// hand them on to the allocator that did.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

// Exported by every glibc, and not interposed.
extern "C" void* __libc_malloc(size_t size);

int main() {
  for (size_t size : {size_t{1}, size_t{100}, size_t{5000}, size_t{200000}, size_t{50} << 20}) {
    unsigned char* block = static_cast<unsigned char*>(__libc_malloc(Opaque(size)));
    CHECK(block != nullptr);
    CHECK(malloc_usable_size(block) >= size);
    memset(block, 0x5A, size);
    block = static_cast<unsigned char*>(realloc(block, Opaque(2 * size)));
    CHECK(block != nullptr);
    for (size_t at = 0; at < size; at += 1 + at / 8) CHECK_EQ(block[at], 0x5A);
    free(block);
    free(__libc_malloc(Opaque(size)));
    void* ours = malloc(Opaque(size));
    CHECK(ours != nullptr);
    free(ours);
  }
}
