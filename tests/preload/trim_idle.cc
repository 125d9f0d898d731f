// malloc_trim with nothing to give, with a pad larger than the heap, and with live blocks beside: 0 or 1, and
// what is live keeps its content.
#include <malloc.h>
#include <stdlib.h>

#include "preload_check.h"

int main() {
  unsigned char* live[500];
  for (int i = 0; i < 500; ++i) {
    live[i] = static_cast<unsigned char*>(malloc(3000));
    memset(live[i], i, 3000);
    free(malloc(5000));
  }
  for (size_t pad : {size_t{0}, size_t{1}, size_t{4096}, size_t{1} << 30, SIZE_MAX}) {
    const int first = malloc_trim(Opaque(pad)), second = malloc_trim(Opaque(pad));
    CHECK((first == 0 || first == 1) && (second == 0 || second == 1));
  }
  for (int i = 0; i < 500; ++i) {
    for (int k = 0; k < 3000; ++k) CHECK_EQ(live[i][k], i & 255);
    free(live[i]);
  }
}
