#include "governor/cli/advice/snippet.h"

#include <filesystem>
#include <map>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/target/library.h"

namespace memgov::cli {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, const char*>& Texts() {
  static const auto* const texts = new std::map<std::string, const char*>{
      {"docker", kDockerSnippet},   {"compose", kComposeSnippet},   {"k8s", kKubernetesSnippet},
      {"systemd", kSystemdSnippet}, {"gunicorn", kGunicornSnippet}, {"nginx", kNginxSnippet},
  };
  return *texts;
}

absl::StatusOr<std::string> Library(const SnippetRequest& request) {
  const bool given = !request.object.empty();
  const absl::StatusOr<std::string> path = given ? request.object : FindLibrary(request.engine);
  if (!path.ok()) return path.status();
  const absl::Status pastable = CheckPastable(*path);
  if (pastable.ok() || !given) return pastable.ok() ? path : pastable;
  return absl::InvalidArgumentError(absl::StrCat("--library ", pastable.message()));
}

bool IsInstalled(const std::string& path) {
  return absl::StartsWith(path, "/usr/") || absl::StartsWith(path, "/opt/");
}

// What is to be known of this one file, before anything is pasted.
std::string Notes(const std::string& kind, const std::string& path, const std::string& real) {
  std::string notes;
  std::error_code error;
  if (!fs::exists(path, error)) {
    absl::StrAppend(&notes, "# Note: ", path, " does not exist on this machine.\n");
  }
  // A container has a copy.
  const bool in_container = kind == "docker" || kind == "compose" || kind == "k8s";
  if (!in_container && !IsInstalled(path)) {
    const std::string installed = absl::StrCat("/usr/local/lib/", fs::path(real).filename().string());
    absl::StrAppend(&notes,
                    "# Note: other users, and services with ProtectHome=, may not be able to read\n# ", path,
                    "\n# Install it: install -m 0755 ", real, " ", installed,
                    "\n# and call `memgov snippet` with --library ", installed, "\n");
  }
  if (absl::StrContains(fs::path(real).filename().string(), "mimalloc")) {
    notes += "# Note: it needs libmimalloc.so.2 (Debian: libmimalloc2.0), in a container too.\n";
  }
  return notes.empty() ? notes : notes + "\n";
}

}  // namespace

absl::Status CheckPastable(const std::string& path) {
  const absl::Status preloadable = CheckPreloadable(path);
  if (!preloadable.ok()) return absl::FailedPreconditionError(Printable(std::string(preloadable.message())));
  const bool plain = Printable(path) == path && path.find_first_of("\"'\\$%#@") == std::string::npos;
  if (plain) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "'", Printable(path), "': configuration files need a path without quotation marks and \\ $ % # @"));
}

const std::vector<std::string>& SnippetKinds() {
  static const auto* const kinds =
      new std::vector<std::string>{"docker", "compose", "k8s", "systemd", "gunicorn", "nginx"};
  return *kinds;
}

absl::StatusOr<std::string> Snippet(const SnippetRequest& request) {
  const auto text = Texts().find(request.kind);
  if (text == Texts().end()) {
    return absl::InvalidArgumentError(absl::StrCat("snippet '", Printable(request.kind), "': allowed are ",
                                                   absl::StrJoin(SnippetKinds(), ", ")));
  }
  const absl::StatusOr<std::string> path = Library(request);
  if (!path.ok()) return path.status();
  std::error_code error;
  // Docker copies and mounts files, not what a link among the files names.
  const fs::path canonical = fs::canonical(*path, error);
  const std::string real = error || !CheckPastable(canonical.string()).ok() ? *path : canonical.string();
  return absl::StrCat(Notes(request.kind, *path, real),
                      absl::StrReplaceAll(text->second, {{"@PATH@", *path},
                                                         {"@REAL@", real},
                                                         {"@FOLDER@", fs::path(real).parent_path().string()},
                                                         {"@FILE@", fs::path(real).filename().string()},
                                                         {"@VERSION@", MEMGOV_VERSION}}));
}

}  // namespace memgov::cli
