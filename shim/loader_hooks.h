// dlopen and vfork: hooked by a jump, not by a call, because both look at their return address. dlopen
// resolves a caller's RUNPATH by it; vfork returns twice into its frame.
#ifndef MEMGOV_SHIM_LOADER_HOOKS_H_
#define MEMGOV_SHIM_LOADER_HOOKS_H_

extern "C" {
// Called by the stubs, which then jump to the function whose address these return.
struct MemgovDlopenTarget {
  void* function;
  long flags;
};
__attribute__((visibility("hidden"))) MemgovDlopenTarget MemgovBeforeDlopen(const char* file, int flags);
__attribute__((visibility("hidden"))) void* MemgovBeforeVfork();
}

#endif  // MEMGOV_SHIM_LOADER_HOOKS_H_
