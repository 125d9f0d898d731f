// Files whose execution changes who one is: there the loader ignores LD_PRELOAD.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_PRIVILEGES_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_PRIVILEGES_H_

#include <optional>
#include <string>

namespace memgov::cli {

// Why the kernel would set AT_SECURE for this user (security/commoncap.c: a set-user-id or set-group-id that
// is not one's own; file capabilities, unless the real user is root); nullopt: it would not. Where the file
// system is mounted nosuid, or with PR_SET_NO_NEW_PRIVS, nobody gains anything, and nothing is ignored.
std::optional<std::string> WhySecure(int descriptor);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_PRIVILEGES_H_
