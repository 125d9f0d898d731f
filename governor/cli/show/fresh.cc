#include "governor/cli/show/fresh.h"

#include <future>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/proc/memory.h"
#include "governor/cli/target/control.h"

namespace memgov::cli {

absl::Status CanAnswer(const Governed& process) {
  const auto brief = Proc().ReadBrief(process.pid);
  if (!brief.ok()) return brief.status();
  switch (brief->state) {
    case 'T':
    case 't':
      return absl::UnavailableError(
          absl::StrCat("process ", process.pid, " is stopped (SIGSTOP or a debugger) and answers nobody"));
    case 'Z':
    case 'X':
      return absl::NotFoundError(
          absl::StrCat("process ", process.pid, " has ended; its parent has not waited for it yet"));
    default:
      return absl::OkStatus();
  }
}

absl::StatusOr<std::string> AskWithProgress(const Governed& process, const std::string& request,
                                            absl::Duration patience, std::string_view what) {
  if (absl::Status can = CanAnswer(process); !can.ok()) return can;
  auto answer = std::async(std::launch::async, [&] { return Ask(process, request, patience); });
  Progress progress{std::string(what)};
  while (answer.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready)
    progress.Update(-1, "");
  return answer.get();
}

std::string Fresh::Note() const {
  if (answered) return "";
  if (age == absl::InfiniteDuration()) return absl::StrCat("no figures yet: ", why_not);
  return absl::StrCat("figures of ", AgeText(age), " ago: ", why_not);
}

absl::StatusOr<Fresh> FindFresh(int pid, absl::Duration patience) {
  absl::StatusOr<Governed> found = FindGoverned(pid);
  if (!found.ok()) return found.status();
  Fresh fresh;
  fresh.process = *std::move(found);
  absl::Status asked = AskWithProgress(fresh.process, "refresh", patience, "asking for figures").status();
  if (asked.ok()) asked = Refresh(fresh.process);
  if (absl::IsNotFound(asked)) return asked;
  fresh.answered = asked.ok();
  fresh.may_ask = !absl::IsPermissionDenied(asked);
  fresh.why_not = std::string(asked.message());
  fresh.age = AgeOf(fresh.process.reading, Clocks::Now());
  return fresh;
}

}  // namespace memgov::cli
