// fake_host.h: installs the governor over a fake engine in a process of its own, and looks at its thread.
//
// Safety: for bodies of RunInChild: the governor's thread never ends.
#ifndef MEMGOV_TESTS_UNIT_RUNTIME_FAKE_HOST_H_
#define MEMGOV_TESTS_UNIT_RUNTIME_FAKE_HOST_H_

#include <dirent.h>
#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "governor/base/engine_control.h"
#include "governor/config/options.h"
#include "governor/pools/thread_registry.h"
#include "governor/runtime/governor.h"

namespace memgov {

// A sanitizer's threads need more stack than the governor asks for.
inline int IgnoreStackSize(void*, size_t) { return 0; }

inline int CreateThread(void* thread, const void* attributes, void* (*routine)(void*), void* argument) {
  return pthread_create(static_cast<pthread_t*>(thread), static_cast<const pthread_attr_t*>(attributes),
                        routine, argument);
}

inline void InstallGovernor(EngineControl& engine) {
  threads::Adopt(nullptr);
  governor::Install(engine, {CreateThread, IgnoreStackSize}, environ, "0.0.0 test");
}

// Its id; 0 when no thread of this process has the name.
inline pid_t FindThread(const std::string& name) {
  pid_t found = 0;
  DIR* tasks = opendir("/proc/self/task");
  while (const dirent* entry = readdir(tasks)) {
    std::string line;
    std::ifstream(std::string("/proc/self/task/") + entry->d_name + "/comm") >> line;
    if (line == name) found = static_cast<pid_t>(std::atoi(entry->d_name));
  }
  closedir(tasks);
  return found;
}

inline std::string StatusField(pid_t thread, const std::string& field) {
  std::ifstream status("/proc/self/task/" + std::to_string(thread) + "/status");
  std::string key;
  std::string value;
  while (status >> key) {
    status >> value;
    if (key == field + ":") return value;
    std::getline(status, value);
  }
  return "";
}

// Those of a sanitizer included.
inline std::string ThreadCount() { return StatusField(getpid(), "Threads"); }

// -1 when the folder cannot be read.
inline int OpenDescriptors(pid_t thread) {
  DIR* folder = opendir(("/proc/self/task/" + std::to_string(thread) + "/fd").c_str());
  if (folder == nullptr) return -1;
  int count = 0;
  while (const dirent* entry = readdir(folder)) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_RUNTIME_FAKE_HOST_H_
