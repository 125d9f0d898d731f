#include "governor/cli/explain/returnable.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace memgov::cli::explain {
namespace {

// At rest memgov holds, beyond what is in use, the free blocks of slabs that are in use, its page maps and
// its own object: a share of what is in use and a constant (docs/explain.md).
constexpr uint64_t kLikelyConstant = uint64_t{4} << 20;
constexpr uint64_t kLikelyShare = 10;  // per cent
constexpr uint64_t kMostConstant = uint64_t{8} << 20;
constexpr uint64_t kMostShare = 25;

uint64_t Less(uint64_t value, uint64_t by) { return value - std::min(value, by); }

uint64_t PercentOf(uint64_t value, uint64_t percent) { return value / 100 * percent; }

}  // namespace

Returnable EstimateReturnable(const Facts& facts) {
  Returnable result;
  const uint64_t heap = ResidentOf(facts.mappings, MappingKind::kMainHeap) +
                        ResidentOf(facts.mappings, MappingKind::kMallocArena);
  if (!facts.glibc) {
    result.high_bytes = heap + ResidentOf(facts.mappings, MappingKind::kAnonymous);
    result.method = facts.allocator == "glibc" || facts.allocator == "unknown"
                        ? absl::StrCat("its heap could not be read: ", facts.why_not_walked)
                        : absl::StrCat("its allocator is not glibc's but ", facts.allocator,
                                       ", whose heap cannot be read from outside");
    return result;
  }
  const uint64_t walked = std::min(facts.glibc->walked_bytes, facts.glibc->resident_bytes);
  const uint64_t used = std::min(walked, facts.glibc->used_bytes);
  const uint64_t free = walked - used;
  result.known = true;
  result.low_bytes = Less(free, PercentOf(used, kMostShare) + kMostConstant);
  result.likely_bytes = Less(free, PercentOf(used, kLikelyShare) + kLikelyConstant);
  result.high_bytes = free;
  result.method = "glibc's heap was walked, block by block";
  return result;
}

}  // namespace memgov::cli::explain
