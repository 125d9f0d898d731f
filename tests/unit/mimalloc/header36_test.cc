// shim/mimalloc/library.h against the header of mimalloc 3.6, where that is.
#include <gtest/gtest.h>

#include "shim/mimalloc/library.h"
#include "unit/mimalloc/signature.h"

#if __has_include(MEMGOV_MIMALLOC3_HEADER)
#include MEMGOV_MIMALLOC3_HEADER
#define MEMGOV_HAS_HEADER (MI_MALLOC_VERSION >= 30600 && MI_MALLOC_VERSION <= 30699)
#else
#define MEMGOV_HAS_HEADER 0
#endif

namespace memgov::mimalloc {
namespace {

TEST(LibraryTest, IsDeclaredAsInVersion36) {
#if MEMGOV_HAS_HEADER
#define MEMGOV_COMPARE(name) \
  EXPECT_TRUE((kSameSignature<decltype(&mi_##name), decltype(Functions::name)>)) << "mi_" #name;
#define MEMGOV_IF_kEvery MEMGOV_COMPARE
#define MEMGOV_IF_k20(name)
#define MEMGOV_IF_k36 MEMGOV_COMPARE
#define MEMGOV_EACH(families, result, name, parameters) MEMGOV_IF_##families(name)
  MEMGOV_MIMALLOC_FUNCTIONS(MEMGOV_EACH)
  EXPECT_EQ(+k36AllowLargeOsPages, +mi_option_allow_large_os_pages);
  EXPECT_EQ(+k36DisallowOsAlloc, +mi_option_disallow_os_alloc);
  EXPECT_EQ(+k36PageCommitOnDemand, +mi_option_page_commit_on_demand);
  EXPECT_EQ(+k36ArenaPurgeMinSize, +mi_option_arena_purge_min_size);
#else
  GTEST_SKIP() << "no header of mimalloc 3.6";
#endif
}

}  // namespace
}  // namespace memgov::mimalloc
