// posix_spawn, system and popen from a threaded process under load.
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "lifecycle/busy_threads.h"

namespace {
void Spawn() {
  char name[] = "sh", flag[] = "-c", command[] = "exit 3";
  char* arguments[] = {name, flag, command, nullptr};
  pid_t child;
  int status;
  CHECK_EQ(posix_spawnp(&child, name, nullptr, nullptr, arguments, environ), 0);
  CHECK_EQ(waitpid(child, &status, 0), child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
}

void Popen() {
  FILE* pipe = popen("echo from the shell", "r");
  CHECK(pipe != nullptr);
  char line[64];
  CHECK(fgets(line, sizeof line, pipe) != nullptr);
  CHECK(strcmp(line, "from the shell\n") == 0);
  CHECK_EQ(pclose(pipe), 0);
}
}  // namespace

int main() {
  Watchdog(50);
  BusyThreads threads(4);
  for (int i = 0; i < 40; ++i) {
    Spawn();
    CHECK_EQ(system("exit 0"), 0);
    Popen();
  }
}
