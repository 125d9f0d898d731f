#include "governor/cohort/cohort_file.h"

#include <errno.h>
#include <fcntl.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"

namespace memgov::cohort {
namespace {

constexpr const char* kPrefix = "cohort-0x";
constexpr const char* kFreshSuffix = ".new";

// <folder>/cohort-<cgroup>-<pid namespace>, and for one that is being made -<process>.new behind it.
void WritePath(char* path, const char* folder, uint64_t identity, uint64_t pid_namespace, bool fresh) {
  TextWriter text(path, shared_file::kPathBytes - 1);
  text.Text(folder).Text("/cohort-").Hex(identity).Text("-").Number(pid_namespace);
  if (fresh) text.Text("-").Number(static_cast<uint64_t>(os::ProcessId())).Text(kFreshSuffix);
  path[text.size()] = '\0';
}

int CreateWhole(const char* path, ProcessWord me) {
  int descriptor = shared_file::Create(path, sizeof(Segment));
  if (descriptor == -EEXIST) {  // of an earlier process of this number, killed between two lines of ours
    shared_file::Remove(path);
    descriptor = shared_file::Create(path, sizeof(Segment));
  }
  if (descriptor < 0) return descriptor;
  void* memory = shared_file::MapAndClose(descriptor, sizeof(Segment));
  if (memory == nullptr) {
    shared_file::Remove(path);
    return -ENOMEM;
  }
  InitializeHeader(*static_cast<Segment*>(memory));
  ClaimFree(*static_cast<Segment*>(memory), me);
  os::Unmap(memory, sizeof(Segment));
  return 0;
}

// 0 too when another was faster.
int CreateAndLink(const char* folder, const CohortFile& file, ProcessWord me) {
  char fresh[shared_file::kPathBytes];
  WritePath(fresh, folder, file.identity, file.pid_namespace, true);
  const int created = CreateWhole(fresh, me);
  if (created != 0) return created;
  const long linked = CallKernel(SYS_linkat, AT_FDCWD, fresh, AT_FDCWD, file.path, 0);
  shared_file::Remove(fresh);
  return linked == -EEXIST ? 0 : static_cast<int>(linked);
}

int OpenAndMap(CohortFile* file) {
  const int descriptor = shared_file::Open(file->path, sizeof(Segment));
  if (descriptor < 0) return descriptor;
  const int identified = shared_file::Identify(descriptor, &file->id);
  void* memory = shared_file::MapAndClose(descriptor, sizeof(Segment));
  if (memory == nullptr) return -ENOMEM;
  file->segment = static_cast<Segment*>(memory);
  if (identified == 0 && IsHeaderValid(*file->segment)) return 0;
  os::Unmap(memory, sizeof(Segment));
  file->segment = nullptr;
  return -EBADMSG;
}

// What WritePath wrote behind the folder; `process` is 0 where the name has none.
struct Name {
  uint64_t pid_namespace = 0;
  uint64_t process = 0;
};

bool ParseName(const char* text, Name* name) {
  const char* at = SkipPrefix(text, kPrefix);
  if (at == nullptr) return false;
  while ((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f')) ++at;
  at = *at == '-' ? ParseDigits(at + 1, &name->pid_namespace) : nullptr;
  if (at == nullptr || *at == '\0') return at != nullptr;
  at = *at == '-' ? ParseDigits(at + 1, &name->process) : nullptr;
  return at != nullptr && name->process != 0 && name->process <= INT32_MAX && TextEqual(at, kFreshSuffix);
}

struct Cleaning {
  const char* folder;
  const CohortFile& own;
  ProcessWord me;
};

// One of this process's number is not its own: the thread that makes such files is here.
void RemoveIfHalfMade(const char* path, uint64_t process) {
  const pid_t maker = static_cast<pid_t>(process);
  if (maker == os::ProcessId() || IsGone(MakeProcessWord(maker, 0))) shared_file::Remove(path);
}

void RemoveIfOfTheDead(CohortFile& file, ProcessWord me) {
  if (OpenAndMap(&file) != 0) return;
  RemoveIfEmpty(file, me);
  os::Unmap(file.segment, sizeof(Segment));
}

void RemoveIfLeft(void* context, const char* text) {
  const Cleaning& cleaning = *static_cast<const Cleaning*>(context);
  Name name;
  if (!ParseName(text, &name) || name.pid_namespace != cleaning.own.pid_namespace) return;
  if (TextLength(cleaning.folder) + TextLength(text) + 2 > shared_file::kPathBytes) return;
  CohortFile file;
  TextWriter path(file.path, shared_file::kPathBytes - 1);
  path.Text(cleaning.folder).Text("/").Text(text);
  if (name.process != 0) {
    RemoveIfHalfMade(file.path, name.process);
  } else if (!TextEqual(file.path, cleaning.own.path)) {
    RemoveIfOfTheDead(file, cleaning.me);
  }
}

}  // namespace

int OpenOrCreate(const char* folder, uint64_t identity, ProcessWord me, CohortFile* file) {
  constexpr int kTries = 3;  // created by another and removed again in between
  file->segment = nullptr;
  file->identity = identity;
  file->pid_namespace = PidNamespace();
  WritePath(file->path, folder, identity, file->pid_namespace, false);
  int result = OpenAndMap(file);
  for (int tries = 0; result == -ENOENT && tries < kTries; ++tries) {
    result = CreateAndLink(folder, *file, me);
    if (result != 0) return result;
    result = OpenAndMap(file);
  }
  return result == -ENOENT ? -EAGAIN : result;
}

bool IsUsable(const CohortFile& file, uint64_t identity) {
  if (file.segment == nullptr || file.identity != identity) return false;
  const uint64_t pid_namespace = PidNamespace();
  return pid_namespace == file.pid_namespace || pid_namespace == 0;  // 0: a worker in a root without /proc
}

bool IsNamed(const CohortFile& file) {
  shared_file::FileId now;
  const int found = shared_file::Identify(file.path, &now);
  return found == -EACCES || (found == 0 && now == file.id);
}

int TakeSlot(CohortFile& file, ProcessWord me, bool free_only, Ticket* ticket) {
  Segment& segment = *file.segment;
  *ticket = free_only ? ClaimFree(segment, me) : Claim(segment, me);
  if (!ticket->valid()) return -ENOSPC;
  uint64_t remover = segment.removing.load();
  if (remover == 0) return 0;
  // Not where it died, or ended, after the removal: such a file is nobody's any more.
  if (IsGone(remover) && IsNamed(file) && segment.removing.compare_exchange_strong(remover, 0)) return 0;
  Free(segment, *ticket, me);
  return -EAGAIN;
}

// A remover that is gone removes nothing after the look at the name; had it done so before, the name would be
// another file's, or nobody's.
void RemoveIfEmpty(CohortFile& file, ProcessWord me) {
  Segment& segment = *file.segment;
  uint64_t remover = segment.removing.load();
  if (remover != 0 && !IsGone(remover)) return;
  shared_file::FileId now;
  if (!IsEmpty(segment) || shared_file::Identify(file.path, &now) != 0 || !(now == file.id)) return;
  if (!segment.removing.compare_exchange_strong(remover, me)) return;
  if (IsEmpty(segment) && shared_file::Remove(file.path) == 0) return;
  segment.removing.store(0);
}

void RemoveLeftovers(const char* folder, const CohortFile& own, ProcessWord me) {
  if (own.pid_namespace == 0 || own.pid_namespace != PidNamespace()) return;
  Cleaning cleaning{folder, own, me};
  shared_file::ForEachName(folder, RemoveIfLeft, &cleaning);
}

}  // namespace memgov::cohort
