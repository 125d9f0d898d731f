// The object preloaded twice: as the same file, as a copy of it, and beside the other engine's object. The
// process works, and at most one line says what serves. Arguments: the hello program.
#include <stdio.h>

#include "lifecycle/child_process.h"

namespace {
std::string CopyOf(const std::string& object, const std::string& folder) {
  const std::string copy = folder + "/libcopy.so";
  const Outcome outcome = RunChild({"cp", object, copy});
  CHECK_OUTCOME(outcome, outcome.status == 0);
  return copy;
}

void Check(const std::string& program, const std::string& preload, size_t messages) {
  const Outcome outcome = RunChild({program}, {"LD_PRELOAD=" + preload});
  Say((preload + "\n").c_str());
  CHECK_OUTCOME(outcome, outcome.status == 0);
  CHECK_OUTCOME(outcome, outcome.out == "hello from the thread\n");
  CHECK_OUTCOME(outcome, outcome.Messages().size() == messages);
}
}  // namespace

int main(int, char** arguments) {
  char folder[] = "/tmp/memgov-test-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  const std::string copy = CopyOf(Object(), folder);
  const Outcome copied = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object() + ":" + copy});
  unlink(copy.c_str());
  rmdir(folder);
  CHECK_OUTCOME(copied, copied.status == 0 && copied.out == "hello from the thread\n");
  CHECK_OUTCOME(copied, copied.Messages().size() == 1);

  Check(arguments[1], Object() + ":" + Object(), 0);  // the loader maps one file once
  if (OtherObject().empty()) return 0;
  Check(arguments[1], Object() + ":" + OtherObject(), 1);
  Check(arguments[1], OtherObject() + ":" + Object(), 1);
}
