// Admission: may this process take on work that will need so many bytes?
//
// Safety: any thread, not from a signal handler; no allocation, no lock, no system call.
#ifndef MEMGOV_GOVERNOR_BUDGET_ADMISSION_H_
#define MEMGOV_GOVERNOR_BUDGET_ADMISSION_H_

#include <stdint.h>

#include "governor/pools/thread_record.h"

namespace memgov::admission {

enum class Answer : int { kAdmitted = 0, kDefer = 1, kReject = 2 };

Answer Admit(uint64_t bytes);
void Done(uint64_t bytes);
uint64_t AdmittedBytes();

struct Counters {
  uint64_t admitted = 0;
  uint64_t deferred = 0;
  uint64_t rejected = 0;
  uint64_t forgotten_bytes = 0;
};
Counters ReadCounters();

}  // namespace memgov::admission

#endif  // MEMGOV_GOVERNOR_BUDGET_ADMISSION_H_
