// free(NULL) and delete of NULL do nothing.
#include <stdlib.h>

#include <new>

#include "preload_check.h"

int main() {
  errno = EXDEV;
  free(nullptr);
  ::operator delete(nullptr);
  ::operator delete[](nullptr);
  ::operator delete (nullptr, size_t{8});
  ::operator delete (nullptr, std::align_val_t{64});
  ::operator delete(nullptr, std::nothrow);
  CHECK_EQ(errno, EXDEV);
}
