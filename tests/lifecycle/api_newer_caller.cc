// A caller that knows more fields than the loaded library gets what there is; the others stay as they were.
#include "lifecycle/sized_structs.h"

int main() {
  for (const SizedStruct& one : kSizedStructs) {
    for (size_t more : {size_t{8}, size_t{100}, SIZE_MAX - one.size}) {
      MarkedStruct out(one.size + more);
      CHECK_EQ(one.fill(out.bytes), 0);
      CHECK_EQ(out.Size(), one.size + more);
      CHECK(out.IsMarkedFrom(one.size));
      CHECK(!out.IsMarkedFrom(sizeof(size_t)));
    }
  }
}
