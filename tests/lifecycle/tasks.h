// tasks.h: the threads of this process as the kernel sees them, and the governor's among them.
//
// Safety: opendir allocates; not for a process that is measured at rest.
// Assumptions: the governor's thread is called "memgov".
#ifndef MEMGOV_TESTS_LIFECYCLE_TASKS_H_
#define MEMGOV_TESTS_LIFECYCLE_TASKS_H_

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <vector>

#include "preload_check.h"

inline std::vector<int> Tasks() {
  std::vector<int> tasks;
  DIR* folder = opendir("/proc/self/task");
  CHECK(folder != nullptr);
  while (const dirent* entry = readdir(folder))
    if (entry->d_name[0] != '.') tasks.push_back(atoi(entry->d_name));
  closedir(folder);
  return tasks;
}

// The governor's thread id; 0 where there is none.
inline int FindGovernor() {
  for (int task : Tasks()) {
    char path[64], name[64] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/comm", task);
    ReadWholeFile(path, name, sizeof name);
    if (strcmp(name, "memgov\n") == 0) return task;
  }
  return 0;
}

// The thread names itself once it runs, which may be a moment after the call that created it.
inline int WaitForGovernor() {
  for (int i = 0; i < 1000; ++i) {
    if (const int task = FindGovernor()) return task;
    usleep(10000);
  }
  return 0;
}

inline void* Nothing(void*) { return nullptr; }

inline void RunOneThread() {
  pthread_t thread;
  CHECK_EQ(pthread_create(&thread, nullptr, Nothing, nullptr), 0);
  CHECK_EQ(pthread_join(thread, nullptr), 0);
}

#endif  // MEMGOV_TESTS_LIFECYCLE_TASKS_H_
