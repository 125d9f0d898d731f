#include "governor/runtime/control_answers.h"

#include <sys/prctl.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/text.h"
#include "governor/budget/budget.h"
#include "governor/config/options.h"
#include "governor/control/requests.h"
#include "governor/release/releaser.h"
#include "governor/runtime/governor.h"
#include "governor/runtime/publishing.h"
#include "governor/telemetry/classes.h"
#include "governor/telemetry/effective_config.h"
#include "governor/telemetry/metrics.h"

namespace memgov::governor::control_answers {
namespace {

using control::Outcome;
using control::Request;

constinit const char* version = "";

Outcome Refuse(const char* why, char* out, size_t capacity) {
  TextWriter text(out, capacity);
  return {false, text.Text(why).size()};
}

Outcome Metrics(MetricsFormat format, char* out, size_t capacity) {
  const size_t size = WriteMetrics(*InstalledEngine(), {version, true}, format, out, capacity);
  if (size == 0) return Refuse("another thread makes a text for too long", out, capacity);
  // The NUL is in the capacity, too.
  return {true, size < capacity ? size : capacity + 1};
}

Outcome Json(const char*, char* out, size_t capacity) { return Metrics(MetricsFormat::kJson, out, capacity); }

Outcome Prometheus(const char*, char* out, size_t capacity) {
  return Metrics(MetricsFormat::kPrometheus, out, capacity);
}

Outcome Config(const char*, char* out, size_t capacity) {
  const size_t size = WriteConfigText({version, true}, true, out, capacity);
  return {true, size < capacity ? size : capacity + 1};
}

Outcome Classes(const char*, char* out, size_t capacity) {
  TextSink sink(out, capacity);
  WriteClasses(*InstalledEngine(), sink);
  return {true, sink.total() < capacity ? sink.total() : capacity + 1};
}

Outcome Refresh(const char*, char* out, size_t capacity) {
  if (publishing::PublishNow(*InstalledEngine())) return {true, 0};
  return Refuse("there is no stats segment", out, capacity);
}

Outcome Release(const char* argument, char* out, size_t capacity) {
  uint64_t bytes = UINT64_MAX;
  if (!TextEqual(argument, "all")) {
    const char* end = ParseDigits(argument, &bytes);
    if (end == nullptr || *end != '\0' || bytes == 0) {
      TextWriter why(out, capacity);
      why.Text("release ").Text(argument).Text(": allowed is all, or a number of bytes above 0");
      return {false, why.size()};
    }
  }
  const uint64_t begin_ns = os::NowNanoseconds();
  const size_t released = releaser::Release(*InstalledEngine(), ReleaseReason::kApi, bytes);
  TextWriter text(out, capacity);
  text.Text("{\"released_bytes\":").Number(released);
  text.Text(",\"took_ns\":").Number(os::NowNanoseconds() - begin_ns).Text("}");
  return {true, text.size()};
}

// What governor_thread.cc says of filters: reports from a thread with a descriptor table of its own need a
// system call for which the penalty may be death.
bool MayReport(const options::Assignment& assignment) {
  return assignment.option != Option::kReport || assignment.number <= 0 ||
         CallKernel(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0) == 0;
}

// The rest is read where it is used.
void Apply(Option option) {
  if (option == Option::kBudget || option == Option::kBudgetSoft) budget::Set(0, 0);  // the last word counts
  if (option == Option::kOnHard) budget::Read();
}

Outcome Set(const char* argument, char* out, size_t capacity) {
  TextWriter text(out, capacity);
  options::Assignment assignment;
  if (!options::ParseAssignment(argument, &assignment, text)) return {false, text.size()};
  const OptionSpec& spec = options::Spec(assignment.option);
  if (!MayReport(assignment)) {
    text.Text(spec.name).Text(": under a seccomp filter reports are for the environment to ask for");
    return {false, text.size()};
  }
  if (assignment.option == Option::kBudgetSoft && budget::CurrentLimits().source == BudgetSource::kApi) {
    text.Text(spec.name).Text(
        ": the program has set its budgets itself; set MEMGOV_BUDGET first, which takes their place");
    return {false, text.size()};
  }
  const int64_t before = options::Get(assignment.option);
  options::SetWhileRunning(assignment);
  Apply(assignment.option);
  text.Text(spec.name).Text(" is ");
  options::Describe(assignment.option, text);
  text.Text(", was ");
  options::DescribeNumber(spec, before, text);
  return {true, text.size()};
}

}  // namespace

void Install(const char* version_text) {
  version = version_text;
  control::SetHandler(Request::kJson, Json);
  control::SetHandler(Request::kPrometheus, Prometheus);
  control::SetHandler(Request::kConfig, Config);
  control::SetHandler(Request::kClasses, Classes);
  control::SetHandler(Request::kRefresh, Refresh);
  control::SetHandler(Request::kRelease, Release);
  control::SetHandler(Request::kSet, Set);
}

}  // namespace memgov::governor::control_answers
