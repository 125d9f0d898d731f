#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clock.h"
#include "connection.h"

namespace gateway_load {
namespace {

constexpr double kStartSeconds = 20;
constexpr double kLoadSeconds = 5;  // for the loader to map a preload
constexpr double kStopSeconds = 10;
constexpr double kPollSeconds = 0.01;

// Ours without anything that selects or steers an allocator, plus what this one needs.
std::vector<std::string> EnvironmentFor(const Allocator& allocator) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (absl::StartsWith(*entry, "LD_PRELOAD=") || absl::StartsWith(*entry, "MALLOC_ARENA_MAX=")) continue;
    result.emplace_back(*entry);
  }
  const std::string behind = allocator.behind.empty() ? "" : absl::StrCat(":", allocator.behind.string());
  if (!allocator.preload.empty()) {
    result.push_back(absl::StrCat("LD_PRELOAD=", allocator.preload.string(), behind));
  }
  for (const auto& [name, value] : allocator.environment) result.push_back(absl::StrCat(name, "=", value));
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::string HowItEnded(int status) {
  if (WIFSIGNALED(status))
    return absl::StrCat("ended by signal ", WTERMSIG(status), " (", strsignal(WTERMSIG(status)), ")");
  return absl::StrCat("ended with status ", WEXITSTATUS(status));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ProcessUnderTest>> ProcessUnderTest::Start(const ProcessPlan& plan) {
  std::unique_ptr<ProcessUnderTest> process(new ProcessUnderTest(plan));
  absl::Status status = process->Spawn();
  if (plan.serves) {
    if (status.ok()) status = process->WaitUntilItServes();
    if (status.ok()) status = process->CheckPreload();
  } else if (status.ok()) {
    status = process->WaitUntilItHasThePreload();
  }
  if (status.ok()) return process;
  return absl::Status(status.code(), absl::StrCat(absl::StrJoin(plan.command, " "), ": ", status.message()));
}

ProcessUnderTest::~ProcessUnderTest() {
  Stop();
  if (output_ >= 0) close(output_);
}

absl::Status ProcessUnderTest::Spawn() {
  if (plan_.port > 0 && Connection(plan_.port).Open().ok()) {
    return absl::AlreadyExistsError(absl::StrCat("another process already serves port ", plan_.port));
  }
  std::vector<std::string> command = plan_.command;
  std::vector<std::string> environment = EnvironmentFor(plan_.allocator);
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> variables = Pointers(environment);
  output_ = memfd_create("output", MFD_CLOEXEC);
  if (output_ < 0) return absl::ErrnoToStatus(errno, "memfd_create");
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) return absl::ErrnoToStatus(errno, "fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(127);
    dup2(output_, STDOUT_FILENO);
    execvpe(arguments[0], arguments.data(), variables.data());
    perror(arguments[0]);
    _exit(127);
  }
  return absl::OkStatus();
}

absl::Status ProcessUnderTest::WaitUntilItServes() {
  for (const double deadline = Now() + kStartSeconds; Now() < deadline; SleepSeconds(kPollSeconds)) {
    if (absl::Status status = Check(); !status.ok()) return status;
    port_ = plan_.port > 0 ? plan_.port : PrintedPort();
    if (port_ > 0 && Connection(port_).Open().ok()) return absl::OkStatus();
  }
  if (plan_.port > 0)
    return absl::DeadlineExceededError(absl::StrCat("nothing accepts connections on port ", port_));
  return absl::DeadlineExceededError("no line 'listening on HOST:PORT' on its stdout; give --port otherwise");
}

absl::Status ProcessUnderTest::WaitUntilItHasThePreload() {
  absl::Status loaded;
  for (const double deadline = Now() + kLoadSeconds; Now() < deadline; SleepSeconds(kPollSeconds)) {
    if (absl::Status status = Check(); !status.ok()) return status;
    if (loaded = CheckPreload(); loaded.ok()) break;
  }
  return loaded;
}

std::string ProcessUnderTest::Output() const {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t bytes = pread(output_, buffer, sizeof buffer, static_cast<off_t>(text.size()));
    if (bytes <= 0) return text;
    text.append(buffer, static_cast<size_t>(bytes));
  }
}

int ProcessUnderTest::PrintedPort() const {
  const std::string text = Output();
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    int port = 0;
    const bool says = absl::StartsWith(line, "listening on ");
    if (says && absl::SimpleAtoi(line.substr(line.rfind(':') + 1), &port)) return port;
  }
  return 0;
}

absl::Status ProcessUnderTest::CheckPreload() const {
  if (plan_.allocator.preload.empty()) return absl::OkStatus();
  std::ifstream maps(absl::StrCat("/proc/", pid_, "/maps"));
  const std::string mapped(std::istreambuf_iterator<char>(maps), {});
  for (const std::filesystem::path& wanted : {plan_.allocator.preload, plan_.allocator.behind}) {
    if (absl::StrContains(mapped, wanted.string())) continue;
    return absl::FailedPreconditionError(absl::StrCat(wanted.string(), " was not loaded"));
  }
  return absl::OkStatus();
}

absl::Status ProcessUnderTest::Check() {
  if (pid_ < 0) return absl::AbortedError("it is not running");
  if (waitpid(pid_, &wait_status_, WNOHANG) == 0) return absl::OkStatus();
  pid_ = -1;
  return absl::AbortedError(HowItEnded(wait_status_));
}

absl::Status ProcessUnderTest::Ended() const {
  return wait_status_ == 0 ? absl::OkStatus() : absl::AbortedError(HowItEnded(wait_status_));
}

void ProcessUnderTest::Stop() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  for (const double deadline = Now() + kStopSeconds; Now() < deadline; SleepSeconds(kPollSeconds)) {
    if (!Check().ok()) return;
  }
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace gateway_load
