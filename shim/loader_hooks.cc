#include "shim/loader_hooks.h"

#include <dlfcn.h>
#include <errno.h>

#include <atomic>

#include "governor/base/errno_keeper.h"
#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/pools/thread_registry.h"
#include "shim/bystander.h"
#include "shim/engine_choice.h"
#include "shim/next_symbol.h"
#include "shim/quiesce.h"
#include "shim/thread_hooks.h"

namespace memgov {
namespace {

constinit std::atomic<void*> real_dlopen{nullptr};
constinit std::atomic<void*> real_vfork{nullptr};
constinit std::atomic<bool> deepbind_said{false};

void* NoDlopen(const char*, int) { return nullptr; }

// Without a C library's vfork: fork's system call alone would lack the handlers, so there is no way but to
// refuse.
long NoVfork() {
  errno = ENOSYS;
  return -1;
}

void* Find(std::atomic<void*>& slot, const char* name, void* otherwise) {
  void* found = slot.load(std::memory_order_relaxed);
  if (found != nullptr) return found;
  const ErrnoKeeper keep_errno;
  found = FindNextSymbol(name);
  if (found == nullptr) return otherwise;  // glibc before 2.34 has dlopen in a library that may yet come
  slot.store(found, std::memory_order_relaxed);
  return found;
}

void SayDeepbind(const char* file) {
  if (deepbind_said.exchange(true, std::memory_order_relaxed)) return;
  Message()
      ->Text("dlopen(")
      .Text(file != nullptr ? file : "")
      .Text(
          "): RTLD_DEEPBIND dropped, or its code would free blocks with another allocator than allocated "
          "them");
}

// A child that vforks in its turn leaves the marks as they are: its own child is as much a child of whose
// record it is.
void MarkVfork(ThreadRecord& record) {
  const pid_t self = os::ThreadId();
  const pid_t marked = record.vfork_thread.load(std::memory_order_relaxed);
  if (marked != 0 && marked != self) return;
  record.vfork_thread.store(self, std::memory_order_relaxed);
  if (ChosenExtras::IsComplete()) quiesce::BeforeVfork(record);  // else nothing of it is guarded
}

}  // namespace
}  // namespace memgov

using namespace memgov;  // NOLINT: the two entry points of the stubs below

MemgovDlopenTarget MemgovBeforeDlopen(const char* file, int flags) {
  if ((flags & RTLD_DEEPBIND) != 0 && !surface::Bystander()) {
    SayDeepbind(file);
    flags &= ~RTLD_DEEPBIND;
  }
  return {Find(real_dlopen, "dlopen", reinterpret_cast<void*>(NoDlopen)), flags};
}

// The marks stay until this thread itself is seen on a slow path: the child runs on its record under another
// thread id.
void* MemgovBeforeVfork() {
  ThreadRecord* record = threads::current != nullptr ? threads::current : RegisterThisThread();
  if (record != nullptr) MarkVfork(*record);
  ChosenExtras::BeforeVfork();
  return Find(real_vfork, "vfork", reinterpret_cast<void*>(NoVfork));
}

#if defined(__x86_64__)
__asm__(R"(
  .text
  .globl dlopen
  .type dlopen, @function
  .p2align 4
dlopen:
  .cfi_startproc
  endbr64
  pushq %rdi
  .cfi_adjust_cfa_offset 8
  call MemgovBeforeDlopen
  popq %rdi
  .cfi_adjust_cfa_offset -8
  movl %edx, %esi
  jmp *%rax
  .cfi_endproc
  .size dlopen, .-dlopen

  .globl vfork
  .type vfork, @function
  .p2align 4
vfork:
  .cfi_startproc
  endbr64
  subq $8, %rsp
  .cfi_adjust_cfa_offset 8
  call MemgovBeforeVfork
  addq $8, %rsp
  .cfi_adjust_cfa_offset -8
  jmp *%rax
  .cfi_endproc
  .size vfork, .-vfork
)");
#elif defined(__aarch64__)
__asm__(R"(
  .text
  .globl dlopen
  .type dlopen, %function
  .p2align 2
dlopen:
  .cfi_startproc
  stp x0, x30, [sp, -16]!
  .cfi_adjust_cfa_offset 16
  .cfi_rel_offset x30, 8
  bl MemgovBeforeDlopen
  mov x16, x0
  ldp x0, x30, [sp], 16
  .cfi_adjust_cfa_offset -16
  .cfi_restore x30
  br x16
  .cfi_endproc
  .size dlopen, .-dlopen

  .globl vfork
  .type vfork, %function
  .p2align 2
vfork:
  .cfi_startproc
  stp x29, x30, [sp, -16]!
  .cfi_adjust_cfa_offset 16
  .cfi_rel_offset x30, 8
  bl MemgovBeforeVfork
  mov x16, x0
  ldp x29, x30, [sp], 16
  .cfi_adjust_cfa_offset -16
  .cfi_restore x30
  br x16
  .cfi_endproc
  .size vfork, .-vfork
)");
#endif
