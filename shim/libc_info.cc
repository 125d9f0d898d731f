// malloc_trim is the same for every engine: through the releaser, so that it is measured and counted.
#include "shim/libc_info.h"

#include "governor/release/releaser.h"
#include "shim/startup.h"

namespace memgov::surface {

int MallocTrim(size_t) { return releaser::Release(Control(), ReleaseReason::kMallocTrim) != 0 ? 1 : 0; }

}  // namespace memgov::surface
