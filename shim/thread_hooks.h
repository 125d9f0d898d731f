// pthread_create, and how threads come to their records.
#ifndef MEMGOV_SHIM_THREAD_HOOKS_H_
#define MEMGOV_SHIM_THREAD_HOOKS_H_

#include "governor/pools/thread_record.h"
#include "governor/runtime/governor.h"

namespace memgov {

using ThreadRoutine = void* (*)(void*);
using KeyDestructor = void (*)(void*);

// A record for a thread that pthread_create did not make for us (main, C11 threads). nullptr for a bystander,
// or without memory.
ThreadRecord* RegisterThisThread();

// The C library's functions: for the governor, and for the key hook of the mimalloc object.
governor::ThreadFunctions RealThreadFunctions();
int (*RealKeyCreate())(unsigned* key, KeyDestructor destructor);

// In a fork child: a thread that was in the middle of a first time does not exist here.
void ResetThreadHooksInChild();

namespace surface {

int CreateThread(void* thread, const void* attributes, ThreadRoutine routine, void* argument);

}  // namespace surface
}  // namespace memgov

#endif  // MEMGOV_SHIM_THREAD_HOOKS_H_
