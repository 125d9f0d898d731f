// The allocators to compare: what each is called, and the environment that selects it.
//
// Safety: looks at files only.
#ifndef BENCHMARKS_GATEWAY_LOAD_ALLOCATORS_H_
#define BENCHMARKS_GATEWAY_LOAD_ALLOCATORS_H_

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace gateway_load {

struct Allocator {
  std::string name;
  std::filesystem::path preload;  // empty: the C library's own
  std::vector<std::pair<std::string, std::string>> environment;
  std::filesystem::path behind = {};  // preloaded after `preload`; empty: none
};

struct AllocatorSearch {
  std::vector<Allocator> found;
  std::vector<std::string> absent;  // one sentence each
};

// Where shared objects are looked for, the nearest first: memgov's beside this program's build, peers in the
// system.
struct SearchPath {
  std::vector<std::filesystem::path> memgov;
  std::vector<std::filesystem::path> system;
};

SearchPath DefaultSearchPath();

// All that compare knows, in its order: glibc, glibc-arena2, memgov, memgov-arena, memgov-mimalloc,
// memgov-system, jemalloc, tcmalloc, mimalloc. An object that is a copy of another memgov object is left out.
AllocatorSearch FindAllocators(const SearchPath& path);

// "NAME=OBJECT[,VARIABLE=VALUE...]"; OBJECT may be empty.
absl::StatusOr<Allocator> ParseAllocator(const std::string& text);

// Those of `search` with these names, in the order of `names`; all for no names. NotFound names the missing
// one.
absl::StatusOr<std::vector<Allocator>> Select(const AllocatorSearch& search,
                                              const std::vector<std::string>& names);

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_ALLOCATORS_H_
