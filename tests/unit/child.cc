#include "unit/child.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace memgov {
namespace {

constexpr unsigned kLongestChildSeconds = 50;

// How many expectations of the running test failed so far: a child inherits its parent's.
int Failures() {
  const testing::TestResult& result = *testing::UnitTest::GetInstance()->current_test_info()->result();
  int failures = 0;
  for (int part = 0; part < result.total_part_count(); ++part)
    failures += result.GetTestPartResult(part).failed();
  return failures;
}

[[noreturn]] void RunBody(const std::function<void()>& body, int error_descriptor) {
  alarm(kLongestChildSeconds);
  dup2(error_descriptor, STDERR_FILENO);
  close(error_descriptor);
  const int inherited = Failures();
  body();
  std::fflush(stdout);
  _exit(Failures() > inherited ? 1 : 0);
}

std::string ReadToEnd(int descriptor) {
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(descriptor, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  return text;
}

}  // namespace

ChildEnd RunInChild(const std::function<void()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return {};
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    RunBody(body, ends[1]);
  }
  close(ends[1]);
  ChildEnd result;
  result.error_text = ReadToEnd(ends[0]);
  close(ends[0]);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  // ThreadSanitizer reports and goes on.
  if (result.error_text.find("ThreadSanitizer") != std::string::npos) result.status = 66;
  return result;
}

bool WaitUntil(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace memgov
