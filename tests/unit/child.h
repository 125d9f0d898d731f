// child.h: runs a test body in a forked child, for what is global to a process (options, pools, counters,
// descriptor 2) and for what must not outlive its test (threads that never end).
//
// Safety: call it while the process has one thread. EXPECT_... and ASSERT_... work inside the body.
#ifndef MEMGOV_TESTS_UNIT_CHILD_H_
#define MEMGOV_TESTS_UNIT_CHILD_H_

#include <functional>
#include <string>

namespace memgov {

struct ChildEnd {
  int status = -1;         // 0: all expectations held; 128 + n: ended by signal n
  std::string error_text;  // all that it wrote to standard error
};

// At most 50 seconds of it: then SIGALRM ends the child.
ChildEnd RunInChild(const std::function<void()>& body);

// Looks every few milliseconds until the condition holds; false after 30 seconds.
bool WaitUntil(const std::function<bool()>& condition);

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_CHILD_H_
