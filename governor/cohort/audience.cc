#include "governor/cohort/audience.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/config/options.h"
#include "governor/config/parse.h"

namespace memgov::audience {
namespace {

constexpr const char* kGroupFile = "/etc/group";
constexpr uid_t kSameUser = static_cast<uid_t>(-1);
constexpr size_t kMostGroupBytes = 256 << 10;  // touched as far as the file reaches

// A fork child inherits what was found and said.
struct State {
  constexpr State() = default;
  Group group;
  uid_t user = 0;
  bool known = false;
  bool said = false;
};
constinit State state;

void SayOwnerOnly(const char* reason, int error) {
  if (state.said) return;
  state.said = true;
  Message line;
  line->Text("MEMGOV_GROUP=").Text(options::GetText(Option::kGroup)).Text(": ").Text(reason);
  if (error != 0) line->Text(" (error ").Number(static_cast<uint64_t>(-error)).Text(")");
  line->Text("; what this process shows is for its own user only");
}

Access AskedAccess() {
  if (getauxval(AT_SECURE) != 0) return Access::kNone;  // who gained privileges by exec shows them to nobody
  switch (options::Get(Option::kMode)) {
    case kModeGroupSteers:
      return Access::kSteers;
    case kModeGroupReads:
      return Access::kReads;
    default:  // who names a group and no mode lets it read
      return options::IsSet(Option::kGroup) && !options::IsSet(Option::kMode) ? Access::kReads
                                                                              : Access::kNone;
  }
}

bool FindInText(const char* text, const char* name, gid_t* id) {
  for (const char* line = text; *line != '\0';) {
    const char* end = line;
    while (*end != '\0' && *end != '\n') ++end;
    if (ParseGroupLine(line, end, name, id)) return true;
    line = *end == '\n' ? end + 1 : end;
  }
  return false;
}

bool FindByName(const char* name, gid_t* id) {
  char* text = static_cast<char*>(os::MapAnonymous(kMostGroupBytes));
  if (text == nullptr) return false;
  long size = ReadSmallFile(kGroupFile, text, kMostGroupBytes);
  // Of a longer file the last line may be cut, in the middle of its number.
  if (size == static_cast<long>(kMostGroupBytes) - 1) {
    while (size > 0 && text[size - 1] != '\n') text[--size] = '\0';
  }
  const bool found = size > 0 && FindInText(text, name, id);
  os::Unmap(text, kMostGroupBytes);
  return found;
}

// Without a name: the group that this process has.
Group Find() {
  Group group{AskedAccess(), 0};
  const int64_t asked = options::Get(Option::kGroup);
  if (group.access == Access::kNone) return group;
  if (!options::IsSet(Option::kGroup)) {
    group.id = static_cast<gid_t>(CallKernel(SYS_getegid));
  } else if (asked != kGroupByName) {
    group.id = static_cast<gid_t>(asked);
  } else if (!FindByName(options::GetText(Option::kGroup), &group.id)) {
    SayOwnerOnly("no such group in /etc/group", 0);
    return {};
  }
  return group;
}

mode_t ModeOf(Thing thing) {
  switch (thing) {
    case Thing::kFolder:
      return 0750;
    case Thing::kFile:
      return 0640;
    case Thing::kSocket:
      return 0660;
  }
  return 0600;
}

// A folder that an administrator made so, set-group-id: chmod by who is not in the group would take that bit
// off (chmod(2)), by which its files get the group.
bool IsShared(const char* path, gid_t group, mode_t mode) {
  struct stat status {};
  return CallKernel(SYS_newfstatat, AT_FDCWD, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         status.st_gid == group && (status.st_mode & 0777) == mode;
}

}  // namespace

Group CurrentGroup() {
  const uid_t user = static_cast<uid_t>(CallKernel(SYS_geteuid));
  if (!state.known || state.user != user) {
    state.group = Find();
    state.user = user;
    state.known = true;
  }
  return state.group;
}

int Share(const char* path, Thing thing) {
  const Group group = CurrentGroup();
  if (group.access == Access::kNone || (thing == Thing::kSocket && group.access != Access::kSteers)) return 0;
  if (IsShared(path, group.id, ModeOf(thing))) return 0;
  // The group first: the one that it has now gets nothing.
  long result = CallKernel(SYS_fchownat, AT_FDCWD, path, kSameUser, group.id, AT_SYMLINK_NOFOLLOW);
  if (result == 0) result = CallKernel(SYS_fchmodat, AT_FDCWD, path, ModeOf(thing));
  if (result == 0) return 0;
  state.group = {};
  SayOwnerOnly("this user may not give it anything", static_cast<int>(result));
  return static_cast<int>(result);
}

// man 5 group: group_name:password:GID:user_list
bool ParseGroupLine(const char* line, const char* line_end, const char* name, gid_t* id) {
  const char* at = SkipPrefix(line, name);
  if (at == nullptr || at >= line_end || *at != ':') return false;
  for (++at; at < line_end && *at != ':'; ++at) {
  }
  uint64_t number = 0;
  const char* end = at < line_end ? ParseDigits(at + 1, &number) : nullptr;
  if (end == nullptr || end > line_end || (end != line_end && *end != ':') || number >= UINT32_MAX)
    return false;
  *id = static_cast<gid_t>(number);
  return true;
}

}  // namespace memgov::audience
