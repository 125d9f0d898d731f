#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/cohort/audience.h"
#include "governor/cohort/cohort.h"
#include "governor/cohort/shared_file.h"
#include "governor/config/options.h"
#include "governor/config/parse.h"

namespace memgov::cohort {
namespace {

// What stays for a file's name in a path of shared_file::kPathBytes.
constexpr size_t kFolderBytes = shared_file::kPathBytes - 96;
constexpr mode_t kOwnerOnly = 0700;
// Files in it say themselves what the group may (audience.h); nobody else writes to it, or looks into it.
constexpr mode_t kNotAllowed = 0027;

// One thread at a time; a fork child inherits what was found and said.
struct State {
  constexpr State() = default;
  char folder[kFolderBytes] = {};
  uid_t user = 0;
  bool known = false;
  bool said = false;
};
constinit State state;

uid_t User() { return static_cast<uid_t>(CallKernel(SYS_geteuid)); }

// "" for a variable that is not set; a program that gained privileges by exec trusts none.
const char* Variable(char** environment, const char* name_and_equals) {
  if (getauxval(AT_SECURE) != 0 || environment == nullptr) return "";
  for (char** entry = environment; *entry != nullptr; ++entry) {
    const char* value = SkipPrefix(*entry, name_and_equals);
    if (value != nullptr) return value;
  }
  return "";
}

int Check(const char* path) {
  struct stat status {};
  const long result = CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW);
  if (result != 0) return static_cast<int>(result);
  if (S_ISLNK(status.st_mode)) return -ELOOP;
  if (!S_ISDIR(status.st_mode)) return -ENOTDIR;
  if (status.st_uid != User()) return -EPERM;
  return (status.st_mode & kNotAllowed) != 0 ? -EACCES : 0;
}

int MakeAndCheck(const char* path) {
  const long made = CallKernel(SYS_mkdirat, AT_FDCWD, path, kOwnerOnly);
  if (made == 0) CallKernel(SYS_fchmodat, AT_FDCWD, path, kOwnerOnly);  // whatever the umask is
  if (made != 0 && made != -EEXIST) return static_cast<int>(made);
  const int checked = Check(path);
  if (checked != 0) return checked;
  audience::Share(path, audience::Thing::kFolder);
  return static_cast<int>(CallKernel(SYS_faccessat, AT_FDCWD, path, 2 | 1));  // W_OK | X_OK: not read-only
}

// <base>/memgov-<uid> into state.folder: 0, or -errno.
int Try(const char* base) {
  if (*base != '/') return -EINVAL;
  if (TextLength(base) + 24 > kFolderBytes) return -ENAMETOOLONG;
  TextWriter path(state.folder, kFolderBytes - 1);
  path.Text(base).Text("/memgov-").Number(User());
  state.folder[path.size()] = '\0';
  return MakeAndCheck(state.folder);
}

// systemd makes it for one user; su and sudo hand it on to others.
bool IsOwnFolder(const char* path) {
  struct stat status {};
  return *path == '/' && CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0 &&
         status.st_uid == User();
}

const char* Reason(int error) {
  switch (-error) {
    case ELOOP:
      return "memgov's folder there is a symbolic link";
    case ENOENT:
      return "not there, or no folder can be made in it";
    case ENOTDIR:
      return "not a folder";
    case EPERM:
      return "memgov's folder there is another user's";
    case EROFS:
      return "read-only";
    case EACCES:
      return "not writable, or memgov's folder there is open to others";
    default:
      return "no folder can be made there";
  }
}

void SayOnce(const char* name, const char* value, int error, const char* consequence) {
  if (state.said) return;
  state.said = true;
  char shown[100];  // that the rest of the line fits, too
  CopyText(shown, sizeof shown, value, value + TextLength(value));
  Message line;
  line->Text(name)
      .Text(shown)
      .Text(TextLength(value) < sizeof shown ? ": " : "...: ")
      .Text(Reason(error))
      .Text(" (error ");
  line->Number(static_cast<uint64_t>(-error)).Text("); ").Text(consequence);
}

bool Find(char** environment) {
  const char* asked = Variable(environment, "MEMGOV_DIR=");
  const size_t most = static_cast<size_t>(options::Spec(Option::kDirectory).most);
  if (*asked != '\0' && IsAbsolutePath(asked, most)) {  // what is none the options have spoken of
    const int error = Try(asked);
    if (error == 0) return true;
    SayOnce("MEMGOV_DIR=", asked, error,
            "allowed: an absolute path of a folder that this user may write to; the default applies");
  }
  const char* session = Variable(environment, "XDG_RUNTIME_DIR=");
  if (IsOwnFolder(session) && Try(session) == 0) return true;
  // Memory first: /run may be a disk in a container.
  constexpr const char* kShared = "/dev/shm";
  const int error = Try(kShared);
  if (error == 0 || Try("/run") == 0) return true;
  SayOnce("", kShared, error,
          "without a runtime folder (MEMGOV_DIR) nobody sees this process from outside, and processes that "
          "share a limit do not find each other");
  return false;
}

}  // namespace

const char* RuntimeFolder(char** environment) {
  const bool gone = state.folder[0] != '\0' && Check(state.folder) != 0;
  if (!state.known || state.user != User() || gone) {
    if (!Find(environment)) state.folder[0] = '\0';
    state.user = User();
    state.known = true;
  }
  return state.folder;
}

}  // namespace memgov::cohort
