// Finds the preloadable object that goes with this tool.
#ifndef MEMGOV_GOVERNOR_CLI_TARGET_LIBRARY_H_
#define MEMGOV_GOVERNOR_CLI_TARGET_LIBRARY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

// The absolute path of the object with `engine`: "arena", "mimalloc", "system", or "" for libmemgov.so, the
// one that people preload. Looked for in MEMGOV_LIBRARY_DIR alone where that is set and not empty (a variable
// of this tool's: the object does not know it, and says so when a program inherits it); else beside the tool
// in a build tree; else in the lib folders beside the bin folder that the tool is installed in. Errors:
// kInvalidArgument: no such engine; kUnavailable: in none of the places, which it names; kFailedPrecondition:
// it is there, but LD_PRELOAD cannot name it (blanks and colons separate its entries).
absl::StatusOr<std::string> FindLibrary(std::string_view engine);

// "libmemgov.so", "libmemgov-arena.so", ...; kInvalidArgument as above.
absl::StatusOr<std::string> LibraryFileName(std::string_view engine);

// The folders to look in, by the tool's own path and the value of MEMGOV_LIBRARY_DIR ("" for none).
std::vector<std::string> LibraryFolders(std::string_view tool_path, std::string_view chosen_folder);

// The same look-up in folders of the caller's choice.
absl::StatusOr<std::string> FindLibraryIn(std::string_view engine, const std::vector<std::string>& folders);

// `path` as an entry of LD_PRELOAD: absolute, and none of the characters that separate entries.
absl::Status CheckPreloadable(std::string_view path);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_TARGET_LIBRARY_H_
