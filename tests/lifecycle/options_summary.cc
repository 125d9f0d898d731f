// MEMGOV_SUMMARY=1 is one line at exit, MEMGOV_REPORT=exit a report; both leave stdout and the status alone,
// and a forked child that leaves with _exit prints nothing. Arguments: the hello program.
#include "lifecycle/child_process.h"

int main(int, char** arguments) {
  const Outcome summary = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_SUMMARY=1"});
  CHECK_OUTCOME(summary, summary.status == 0 && summary.out == "hello from the thread\n");
  CHECK_OUTCOME(summary, summary.Messages().size() == 1);

  const Outcome report = RunChild({arguments[1]}, {"LD_PRELOAD=" + Object(), "MEMGOV_REPORT=exit"});
  CHECK_OUTCOME(report, report.status == 0 && report.out == "hello from the thread\n");
  CHECK_OUTCOME(report, !report.err.empty());

  const Outcome closed = RunChild({"sh", "-c", "exec " + std::string(arguments[1]) + " 2>&-"},
                                  {"LD_PRELOAD=" + Object(), "MEMGOV_SUMMARY=1", "MEMGOV_REPORT=exit"});
  CHECK_OUTCOME(closed, closed.status == 0);
}
