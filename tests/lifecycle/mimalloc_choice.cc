// Which libmimalloc the mimalloc engine takes: what it cannot use gets one line that names it and what is
// known, and the process works on; with MEMGOV_STRICT=1 it stops before main. Arguments: the hello program,
// libraries that call themselves mimalloc 1.7, 4.0 and 3.6.
#include <dlfcn.h>
#include <link.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>

#include "lifecycle/child_process.h"

namespace {

std::string hello;

bool Says(const Outcome& outcome, const std::string& text) {
  return outcome.Messages().size() == 1 && outcome.Messages()[0].find(text) != std::string::npos;
}

// `settings` with a library that is of no use: `said` is in the one line.
void CheckServedAllTheSame(const Strings& settings, const std::string& said) {
  Strings environment = settings;
  environment.push_back("LD_PRELOAD=" + Object());
  Outcome outcome = RunChild({hello}, environment);
  CHECK_OUTCOME(outcome, outcome.status == 0 && outcome.out == "hello from the thread\n");
  CHECK_OUTCOME(outcome, Says(outcome, said));
  environment.push_back("MEMGOV_STRICT=1");
  outcome = RunChild({hello}, environment);
  CHECK_OUTCOME(outcome, outcome.status == 2 && outcome.out.empty());
}

// Where the loader finds `name`; "" for nowhere.
std::string FileOf(const char* name) {
  const auto* object = static_cast<const link_map*>(dlopen(name, RTLD_LAZY));
  return object != nullptr ? object->l_name : "";
}

// In a mount namespace of its own, where the files of both libraries are empty.
void CheckAbsent() {
  const std::string newer = FileOf("libmimalloc.so.3"), older = FileOf("libmimalloc.so.2");
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    puts("left out: without user namespaces the libraries cannot be hidden");
    return;
  }
  for (const std::string& file : {newer, older}) {
    if (!file.empty()) CHECK_EQ(mount("/dev/null", file.c_str(), nullptr, MS_BIND, nullptr), 0);
  }
  CheckServedAllTheSame({}, "libmimalloc.so.3, libmimalloc.so.2: cannot be loaded");
}

// The library is used: no line.
void CheckTaken(const std::string& library) {
  const Outcome outcome = RunChild({hello}, {"LD_PRELOAD=" + Object(), "MEMGOV_MIMALLOC=" + library});
  CHECK_OUTCOME(outcome, outcome.status == 0 && outcome.out == "hello from the thread\n");
  CHECK_OUTCOME(outcome, outcome.Messages().empty());
}

}  // namespace

int main(int count, char** arguments) {
  CHECK_EQ(count, 5);
  hello = arguments[1];
  const std::string older = arguments[2], newer = arguments[3], empty = arguments[4];
  CheckServedAllTheSame({"MEMGOV_MIMALLOC=/nonexistent"}, "MEMGOV_MIMALLOC=/nonexistent: cannot be loaded");
  CheckServedAllTheSame({"MEMGOV_MIMALLOC=libnowhere.so"}, "MEMGOV_MIMALLOC=libnowhere.so: cannot be loaded");
  CheckServedAllTheSame({"MEMGOV_MIMALLOC=/proc/version"}, "MEMGOV_MIMALLOC=/proc/version: cannot be loaded");
  CheckServedAllTheSame({"MEMGOV_MIMALLOC=libc.so.6"}, "MEMGOV_MIMALLOC=libc.so.6: is no mimalloc");
  CheckServedAllTheSame({"MEMGOV_MIMALLOC=" + older}, "mi_version() is 170, older than");
  CheckServedAllTheSame({"MEMGOV_MIMALLOC=" + newer}, "mi_version() is 40000, newer than");
  CheckServedAllTheSame({"MEMGOV_MIMALLOC=" + empty}, empty + ": has no mi_malloc");
  if (!FileOf("libmimalloc.so.2").empty()) CheckTaken("libmimalloc.so.2");
  CheckAbsent();
}
