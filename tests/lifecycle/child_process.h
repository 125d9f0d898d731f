// child_process.h: run a program to its end and look at what it left: status, stdout, stderr.
//
// Safety: for drivers that run without a preload. A child beyond its time is killed and counts as a failure.
// Assumptions: the environment that memgov_add_preload_test sets (MEMGOV_TEST_OBJECT and others).
#ifndef MEMGOV_TESTS_LIFECYCLE_CHILD_PROCESS_H_
#define MEMGOV_TESTS_LIFECYCLE_CHILD_PROCESS_H_

#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#include <string>
#include <vector>

#include "preload_check.h"

using Strings = std::vector<std::string>;

inline std::string TestVariable(const char* name) {
  const char* value = getenv(name);
  return value ? value : "";
}
inline std::string Object() { return TestVariable("MEMGOV_TEST_OBJECT"); }
inline std::string OtherObject() { return TestVariable("MEMGOV_TEST_OTHER_OBJECT"); }
inline std::string Engine() { return TestVariable("MEMGOV_TEST_ENGINE"); }

struct Outcome {
  int status = -1;  // exit status; 128 + signal; -1 for a hang
  std::string out, err;

  // Messages of memgov's own: lines that begin with "memgov: ".
  Strings Messages() const {
    Strings messages;
    size_t at = 0;
    while (at < err.size()) {
      const size_t end = err.find('\n', at);
      const std::string line = err.substr(at, end == std::string::npos ? end : end - at);
      if (line.rfind("memgov: ", 0) == 0) messages.push_back(line);
      if (end == std::string::npos) break;
      at = end + 1;
    }
    return messages;
  }
};

namespace child_process_internal {

inline long long NowMilliseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

inline std::vector<char*> Pointers(Strings& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The test's environment with `extra` in front: getenv takes the first of two.
inline Strings Environment(const Strings& extra) {
  Strings environment = extra;
  for (char** at = environ; *at; ++at) environment.emplace_back(*at);
  return environment;
}

// Reads both pipes to their ends; false when that takes longer than the deadline.
inline bool Drain(int out, int err, Outcome& outcome, long long deadline) {
  pollfd files[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  std::string* texts[2] = {&outcome.out, &outcome.err};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    const long long left = deadline - NowMilliseconds();
    if (left <= 0 || poll(files, 2, static_cast<int>(left)) == 0) return false;
    for (int i = 0; i < 2; ++i) {
      if (files[i].fd < 0 || !files[i].revents) continue;
      char buffer[4096];
      const ssize_t got = read(files[i].fd, buffer, sizeof buffer);
      if (got > 0)
        texts[i]->append(buffer, static_cast<size_t>(got));
      else
        files[i].fd = -1;
    }
  }
  return true;
}

}  // namespace child_process_internal

inline Outcome RunChild(Strings arguments, const Strings& environment = {}, int seconds = 30) {
  using namespace child_process_internal;
  int out[2], err[2];
  CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  Strings variables = Environment(environment);
  pid_t child;
  CHECK_EQ(posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr, Pointers(arguments).data(),
                        Pointers(variables).data()),
           0);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  Outcome outcome;
  const bool ended = Drain(out[0], err[0], outcome, NowMilliseconds() + seconds * 1000LL);
  if (!ended) kill(child, SIGKILL);
  close(out[0]);
  close(err[0]);
  int status = 0;
  CHECK_EQ(waitpid(child, &status, 0), child);
  if (ended) outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

inline void ShowOutcome(const Outcome& outcome) {
  Say("child's status ");
  SayNumber(outcome.status);
  Say("\n-- stdout:\n");
  Say(outcome.out.c_str());
  Say("\n-- stderr:\n");
  Say(outcome.err.c_str());
  Say("\n");
}

// CHECK with the child's output in front of the failure.
#define CHECK_OUTCOME(outcome, condition)   \
  do {                                      \
    if (!(condition)) ShowOutcome(outcome); \
    CHECK(condition);                       \
  } while (0)

#endif  // MEMGOV_TESTS_LIFECYCLE_CHILD_PROCESS_H_
