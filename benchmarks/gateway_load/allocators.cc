#include "allocators.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace gateway_load {
namespace {

namespace fs = std::filesystem;

struct Known {
  const char* name;
  const char* object;  // NULL: none is preloaded
  bool memgov;
  const char* how_to_get;
};

constexpr Known kKnown[] = {
    {"glibc", nullptr, false, ""},
    {"glibc-arena2", nullptr, false, ""},
    {"memgov", "libmemgov.so", true, "build the target memgov"},
    {"memgov-arena", "libmemgov-arena.so", true, "build the target memgov-arena"},
    {"memgov-mimalloc", "libmemgov-mimalloc.so", true, "build the target memgov-mimalloc"},
    {"memgov-system", "libmemgov-system.so", true, "build the target memgov-system"},
    {"jemalloc", "libjemalloc.so.2", false, "apt-get install libjemalloc2"},
    {"tcmalloc", "libtcmalloc_minimal.so.4", false, "apt-get install libtcmalloc-minimal4"},
    {"mimalloc", "libmimalloc.so.2.0", false, "apt-get install libmimalloc2.0"},
};

std::optional<fs::path> Find(const std::vector<fs::path>& folders, const char* object) {
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (fs::exists(folder / object, error)) return fs::canonical(folder / object, error);
  }
  return std::nullopt;
}

std::string Content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool SameObject(const fs::path& one, const fs::path& other) {
  std::error_code error;
  if (fs::equivalent(one, other, error)) return true;
  return fs::file_size(one, error) == fs::file_size(other, error) && Content(one) == Content(other);
}

void LeaveOutCopies(std::vector<Allocator>& allocators) {
  const auto generic = std::find_if(allocators.begin(), allocators.end(),
                                    [](const Allocator& allocator) { return allocator.name == "memgov"; });
  if (generic == allocators.end()) return;
  const bool copied = std::any_of(std::next(generic), allocators.end(), [&](const Allocator& other) {
    return !other.preload.empty() && SameObject(generic->preload, other.preload);
  });
  if (copied) allocators.erase(generic);
}

}  // namespace

SearchPath DefaultSearchPath() {
  SearchPath path;
  std::error_code error;
  fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (int level = 0; level < 4 && folder != folder.parent_path(); ++level, folder = folder.parent_path()) {
    for (const char* below : {"", "shim", "lib", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"}) {
      path.memgov.push_back(folder / below);
    }
  }
  for (const char* system : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
                             "/usr/lib", "/usr/local/lib"}) {
    path.system.emplace_back(system);
  }
  return path;
}

AllocatorSearch FindAllocators(const SearchPath& path) {
  AllocatorSearch search;
  for (const Known& known : kKnown) {
    Allocator allocator{.name = known.name, .preload = {}, .environment = {}};
    if (allocator.name == "glibc-arena2") allocator.environment = {{"MALLOC_ARENA_MAX", "2"}};
    if (known.object != nullptr) {
      const std::optional<fs::path> object = Find(known.memgov ? path.memgov : path.system, known.object);
      if (!object) {
        search.absent.push_back(
            absl::StrCat(known.name, ": no ", known.object, " found (", known.how_to_get, ")"));
        continue;
      }
      allocator.preload = *object;
    }
    search.found.push_back(allocator);
  }
  LeaveOutCopies(search.found);
  return search;
}

absl::StatusOr<Allocator> ParseAllocator(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ',');
  Allocator allocator;
  for (const std::string& part : parts) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (pair.first.empty() || part.find('=') == std::string::npos) {
      return absl::InvalidArgumentError(absl::StrCat("'", text, "' is not NAME=OBJECT[,VARIABLE=VALUE...]"));
    }
    if (!allocator.name.empty()) {
      allocator.environment.push_back(pair);
      continue;
    }
    allocator.name = pair.first;
    if (pair.second.empty()) continue;
    std::error_code error;
    allocator.preload = fs::canonical(pair.second, error);
    if (error) return absl::NotFoundError(absl::StrCat(allocator.name, ": no file ", pair.second));
  }
  return allocator;
}

absl::StatusOr<std::vector<Allocator>> Select(const AllocatorSearch& search,
                                              const std::vector<std::string>& names) {
  if (names.empty()) return search.found;
  std::vector<Allocator> selected;
  for (const std::string& name : names) {
    const auto found = std::find_if(search.found.begin(), search.found.end(),
                                    [&](const Allocator& allocator) { return allocator.name == name; });
    if (found == search.found.end()) {
      const std::string known =
          absl::StrJoin(search.found, ", ",
                        [](std::string* out, const Allocator& allocator) { out->append(allocator.name); });
      return absl::NotFoundError(absl::StrCat("no allocator '", name, "' here; there are ", known));
    }
    selected.push_back(*found);
  }
  return selected;
}

}  // namespace gateway_load
