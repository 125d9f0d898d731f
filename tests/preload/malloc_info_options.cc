// malloc_info knows no options: anything but 0 is EINVAL and prints nothing.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "preload_check.h"

int main() {
  char* text = nullptr;
  size_t size = 0;
  FILE* stream = open_memstream(&text, &size);
  CHECK(stream != nullptr);
  for (int options : {1, 2, -1, 0x40000000}) CHECK_EQ(malloc_info(options, stream), EINVAL);
  fflush(stream);
  CHECK_EQ(size, 0);
  CHECK_EQ(malloc_info(0, stream), 0);
  fclose(stream);
  CHECK(size > 0);
  free(text);
}
