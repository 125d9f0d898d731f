// The answers of the control socket that the governor has: figures, configuration, releases, options.
//
// Safety: Install in the constructor; the answers on the governor's thread; no allocation.
#ifndef MEMGOV_GOVERNOR_RUNTIME_CONTROL_ANSWERS_H_
#define MEMGOV_GOVERNOR_RUNTIME_CONTROL_ANSWERS_H_

namespace memgov::governor::control_answers {

// `version` lives as long as the process.
void Install(const char* version);

}  // namespace memgov::governor::control_answers

#endif  // MEMGOV_GOVERNOR_RUNTIME_CONTROL_ANSWERS_H_
