#include "governor/cli/launch/privileges.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace memgov::cli {
namespace {

bool GainsNothing(int descriptor) {
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) return true;
  struct statvfs volume;
  return fstatvfs(descriptor, &volume) == 0 && (volume.f_flag & ST_NOSUID) != 0;
}

}  // namespace

std::optional<std::string> WhySecure(int descriptor) {
  struct stat file;
  if (fstat(descriptor, &file) != 0 || GainsNothing(descriptor)) return std::nullopt;
  if ((file.st_mode & S_ISUID) != 0 && file.st_uid != getuid()) return "is a set-user-id program";
  // Without group execution the bit means mandatory locking (inode(7)).
  const bool sets_group = (file.st_mode & S_ISGID) != 0 && (file.st_mode & S_IXGRP) != 0;
  if (sets_group && file.st_gid != getgid()) return "is a set-group-id program";
  if (getuid() != 0 && fgetxattr(descriptor, "security.capability", nullptr, 0) > 0) {
    return "has file capabilities";
  }
  return std::nullopt;
}

}  // namespace memgov::cli
