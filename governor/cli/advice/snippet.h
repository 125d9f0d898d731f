// `memgov snippet`: text to paste that puts the object into a service, with how to verify and how to go back.
#ifndef MEMGOV_GOVERNOR_CLI_ADVICE_SNIPPET_H_
#define MEMGOV_GOVERNOR_CLI_ADVICE_SNIPPET_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

// docker, compose, k8s, systemd, gunicorn, nginx.
const std::vector<std::string>& SnippetKinds();

struct SnippetRequest {
  std::string kind;
  std::string engine;   // "" for libmemgov.so
  std::string object;  // "" looks for it (target/library.h)
};

// Parts begin with a line "# ---- <file>: <what> ----"; what is not to be pasted is a comment.
absl::StatusOr<std::string> Snippet(const SnippetRequest& request);

// A path that LD_PRELOAD can name, and that means the same in every configuration file; kFailedPrecondition.
absl::Status CheckPastable(const std::string& path);

// The texts, with @PATH@ (LD_PRELOAD's entry), @REAL@ (the file behind it), @FOLDER@, @FILE@ and @VERSION@ to
// be filled in.
extern const char kDockerSnippet[];
extern const char kComposeSnippet[];
extern const char kKubernetesSnippet[];
extern const char kSystemdSnippet[];
extern const char kGunicornSnippet[];
extern const char kNginxSnippet[];

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_ADVICE_SNIPPET_H_
