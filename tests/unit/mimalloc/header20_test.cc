// shim/mimalloc/library.h against the header of mimalloc 2.0.9, where that is.
#include <gtest/gtest.h>

#include "shim/mimalloc/library.h"
#include "unit/mimalloc/signature.h"

#if __has_include(<mimalloc.h>)
#include <mimalloc.h>
#define MEMGOV_HAS_HEADER (MI_MALLOC_VERSION == 209)
#else
#define MEMGOV_HAS_HEADER 0
#endif

namespace memgov::mimalloc {
namespace {

TEST(LibraryTest, IsDeclaredAsInVersion20) {
#if MEMGOV_HAS_HEADER
#define MEMGOV_COMPARE(name) \
  EXPECT_TRUE((kSameSignature<decltype(&mi_##name), decltype(Functions::name)>)) << "mi_" #name;
#define MEMGOV_IF_kEvery MEMGOV_COMPARE
#define MEMGOV_IF_k20 MEMGOV_COMPARE
#define MEMGOV_IF_k36(name)
#define MEMGOV_EACH(families, result, name, parameters) MEMGOV_IF_##families(name)
  MEMGOV_MIMALLOC_FUNCTIONS(MEMGOV_EACH)
  EXPECT_EQ(+k20LargeOsPages, +mi_option_large_os_pages);
  EXPECT_EQ(+k20AbandonedPageDecommit, +mi_option_abandoned_page_decommit);
  EXPECT_EQ(+k20DecommitDelay, +mi_option_decommit_delay);
  EXPECT_EQ(+k20SegmentDecommitDelay, +mi_option_segment_decommit_delay);
  EXPECT_EQ(+k20DecommitExtendDelay, +mi_option_decommit_extend_delay);
#else
  GTEST_SKIP() << "no header of mimalloc 2.0.9";
#endif
}

}  // namespace
}  // namespace memgov::mimalloc
