#include "governor/cohort/cohort_file.h"

#include <errno.h>
#include <fcntl.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"

namespace memgov::cohort {
namespace {

// <folder>/cohort-<cgroup>-<pid namespace>, and for one that is being made -<process>.new behind it.
void WritePath(char* path, const char* folder, uint64_t identity, uint64_t pid_namespace, bool fresh) {
  TextWriter text(path, shared_file::kPathBytes - 1);
  text.Text(folder).Text("/cohort-").Hex(identity).Text("-").Number(pid_namespace);
  if (fresh) text.Text("-").Number(static_cast<uint64_t>(os::ProcessId())).Text(".new");
  path[text.size()] = '\0';
}

int CreateWhole(const char* path) {
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
  os::Unmap(memory, sizeof(Segment));
  return 0;
}

// 0 too when another was faster.
int CreateAndLink(const char* folder, const CohortFile& file) {
  char fresh[shared_file::kPathBytes];
  WritePath(fresh, folder, file.identity, file.pid_namespace, true);
  const int created = CreateWhole(fresh);
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

}  // namespace

int OpenOrCreate(const char* folder, uint64_t identity, CohortFile* file) {
  constexpr int kTries = 3;  // created by another and removed again in between
  file->segment = nullptr;
  file->identity = identity;
  file->pid_namespace = PidNamespace();
  WritePath(file->path, folder, identity, file->pid_namespace, false);
  int result = OpenAndMap(file);
  for (int tries = 0; result == -ENOENT && tries < kTries; ++tries) {
    result = CreateAndLink(folder, *file);
    if (result == 0) result = OpenAndMap(file);
  }
  return result;
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

int TakeSlot(CohortFile& file, ProcessWord me, Ticket* ticket) {
  Segment& segment = *file.segment;
  *ticket = Claim(segment, me);
  if (!ticket->valid()) return -ENOSPC;
  uint64_t remover = segment.removing.load();
  if (remover == 0) return 0;
  // Not where it died, or ended, after the removal: such a file is nobody's any more.
  if (IsGone(remover) && IsNamed(file) && segment.removing.compare_exchange_strong(remover, 0)) return 0;
  Free(segment, *ticket, me);
  return -EAGAIN;
}

void RemoveIfLast(CohortFile& file, ProcessWord me) {
  Segment& segment = *file.segment;
  shared_file::FileId now;
  if (!IsEmpty(segment) || shared_file::Identify(file.path, &now) != 0 || !(now == file.id)) return;
  uint64_t nobody = 0;
  if (!segment.removing.compare_exchange_strong(nobody, me)) return;
  if (IsEmpty(segment) && shared_file::Remove(file.path) == 0) return;
  segment.removing.store(0);
}

}  // namespace memgov::cohort
