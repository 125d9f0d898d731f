// A caller that knows fewer fields gets those, and not a byte more; one that knows none gets -1.
#include "lifecycle/sized_structs.h"

int main() {
  errno = EXDEV;
  for (const SizedStruct& one : kSizedStructs) {
    CHECK_EQ(one.fill(nullptr), -1);
    for (size_t size = 0; size <= one.size; size += 4) {
      MarkedStruct out(size);
      const bool enough = size >= one.least;
      CHECK_EQ(one.fill(out.bytes), enough ? 0 : -1);
      CHECK_EQ(out.Size(), size);
      CHECK(out.IsMarkedFrom(enough ? size : sizeof(size_t)));
      if (enough) CHECK(out.bytes[one.least - 1] != MarkedStruct::kMark);
    }
  }
  CHECK_EQ(errno, EXDEV);
}
