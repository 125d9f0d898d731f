// The control socket in the governor's loop: where it is, who may ask, and what follows a change of user.
//
// Safety: the governor's thread; AtExit as exit_guard.h says; no allocation.
#ifndef MEMGOV_GOVERNOR_RUNTIME_CONTROL_TICK_H_
#define MEMGOV_GOVERNOR_RUNTIME_CONTROL_TICK_H_

#include <poll.h>
#include <stdint.h>

#include "governor/control/control_socket.h"

namespace memgov::governor::control_tick {

// In the constructor. `version` ("0.1.0 arena") and the environment live as long as the process.
void Install(const char* version, char** environment);

// On the governor's thread, before its first tick. Without a descriptor table of its own there is no socket.
void Allow(bool has_private_descriptors);

constexpr int kMostDescriptors = control::ControlSocket::kMostDescriptors;
int Descriptors(pollfd* out);

// Once a round of the loop: makes the socket (<folder>/<process id>.sock), answers who asked. Where it cannot
// be made one line says so, and it is tried again seldom. Returns how long to sleep at most.
uint64_t Serve(const pollfd* polled, int count);

// After exit_guard::CloseAndWait: its file goes.
void AtExit();
void ResetInChild();

}  // namespace memgov::governor::control_tick

#endif  // MEMGOV_GOVERNOR_RUNTIME_CONTROL_TICK_H_
