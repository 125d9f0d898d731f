#include "governor/cli/target/library.h"

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace memgov::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kEngines = {"arena", "mimalloc", "system"};

// Where CMake's GNUInstallDirs puts libraries: lib, lib64, or on Debian below /usr the architecture's own
// folder.
constexpr std::array<std::string_view, 4> kLibFolders = {"lib", "lib64", "lib/x86_64-linux-gnu",
                                                         "lib/aarch64-linux-gnu"};

std::string Absolute(std::string_view path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(fs::path(path), error);
  return (error ? fs::path(path) : absolute).lexically_normal().string();
}

}  // namespace

absl::StatusOr<std::string> LibraryFileName(std::string_view engine) {
  if (engine.empty()) return "libmemgov.so";
  if (std::find(kEngines.begin(), kEngines.end(), engine) == kEngines.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--engine '", std::string(engine), "': allowed are ", absl::StrJoin(kEngines, ", ")));
  }
  return absl::StrCat("libmemgov-", std::string(engine), ".so");
}

std::vector<std::string> LibraryFolders(std::string_view tool_path, std::string_view chosen_folder) {
  if (!chosen_folder.empty()) return {Absolute(chosen_folder)};
  const fs::path beside = fs::path(tool_path).parent_path();
  // In a build tree the tool is in governor/cli.
  std::vector<std::string> folders = {(beside / "../../shim").lexically_normal().string()};
  for (std::string_view folder : kLibFolders) {
    folders.push_back((beside / ".." / folder).lexically_normal().string());
  }
  return folders;
}

absl::Status CheckPreloadable(std::string_view path) {
  if (path.empty() || path.front() != '/') {
    return absl::FailedPreconditionError(
        absl::StrCat("'", std::string(path), "': LD_PRELOAD needs an absolute path"));
  }
  // ld.so(8): "The items of the list can be separated by spaces or colons, and there is no support for
  // escaping".
  if (path.find_first_of(" :\t\n") != std::string_view::npos) {
    return absl::FailedPreconditionError(absl::StrCat(
        "'", std::string(path), "': LD_PRELOAD cannot name a path with blanks or colons; put it elsewhere"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> FindLibraryIn(std::string_view engine, const std::vector<std::string>& folders) {
  const absl::StatusOr<std::string> name = LibraryFileName(engine);
  if (!name.ok()) return name.status();
  for (const std::string& folder : folders) {
    const std::string path = (fs::path(folder) / *name).string();
    std::error_code error;
    if (!fs::is_regular_file(path, error)) continue;
    const absl::Status preloadable = CheckPreloadable(path);
    if (!preloadable.ok()) return preloadable;
    return path;
  }
  return absl::UnavailableError(absl::StrCat(*name, " is in none of: ", absl::StrJoin(folders, ", "),
                                             ". MEMGOV_LIBRARY_DIR names its folder"));
}

absl::StatusOr<std::string> FindLibrary(std::string_view engine) {
  std::error_code error;
  const fs::path tool = fs::read_symlink("/proc/self/exe", error);
  const char* chosen = getenv("MEMGOV_LIBRARY_DIR");
  return FindLibraryIn(engine, LibraryFolders(tool.string(), chosen != nullptr ? chosen : ""));
}

}  // namespace memgov::cli
