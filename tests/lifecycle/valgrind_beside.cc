// Under valgrind, which puts its own malloc in the place of ours: one line that says so, a working program,
// and nothing for memcheck to complain about. Argument: the company program.
#include "lifecycle/child_process.h"

int main(int count, char** arguments) {
  CHECK_EQ(count, 2);
  if (RunChild({"/bin/sh", "-c", "command -v valgrind"}).status != 0) Skip("no valgrind here");
  // They replace malloc alike: the second costs its time under one engine only.
  Strings tools = {"--tool=memcheck"};
  if (Engine() == "arena") tools.emplace_back("--tool=massif");
  for (const std::string& tool : tools) {
    Strings command = {"valgrind", "-q", tool};
    command.emplace_back(tool == "--tool=massif" ? "--massif-out-file=/dev/null" : "--error-exitcode=9");
    command.insert(command.end(), {arguments[1], "child"});
    const Outcome outcome = RunChild(command, {"LD_PRELOAD=" + Object()}, 60);
    CHECK_OUTCOME(outcome, outcome.status == 0);
    CHECK_OUTCOME(outcome, outcome.out == "child available 0 governors 0\n");
    CHECK_OUTCOME(outcome, outcome.Messages().size() == 1);
    CHECK_OUTCOME(outcome, outcome.Messages()[0].find("valgrind") != std::string::npos);
  }
}
