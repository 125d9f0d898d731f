#include "governor/cli/exporter/scrape.h"

#include <fnmatch.h>

#include <algorithm>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "governor/cli/exporter/exposition.h"
#include "governor/cli/exporter/labels.h"
#include "governor/cli/exporter/segment_families.h"
#include "governor/cli/exporter/system_families.h"
#include "governor/cli/proc/memory.h"

namespace memgov::cli {
namespace {

int64_t MonotonicNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1'000'000'000} + now.tv_nsec;
}

std::string LabelsOf(const Governed& process) {
  return JoinLabels(LabelText("pid", absl::StrCat(process.pid)),
                    LabelText("command", process.reading.command));
}

void AddInfo(const Governed& process, const std::string& labels, const std::string& cgroup,
             Exposition& page) {
  std::string all = JoinLabels(labels, LabelText("version", process.reading.version));
  all = JoinLabels(all, LabelText("engine", process.reading.engine));
  if (!cgroup.empty()) all = JoinLabels(all, LabelText("cgroup", cgroup));
  page.Add({"memgov_info", Kind::kGauge, "Always 1: version and engine, and the memory cgroup to join with"},
           all, "1");
  page.Add({"memgov_governor_start_time_seconds", Kind::kGauge,
            "When the process' governor started: seconds since 1970"},
           labels, absl::StrCat(std::max<int64_t>(process.reading.started_s, 0)));
}

void AddSelf(const Scrape& scrape, int64_t started_ns, Exposition& page) {
  page.Add({"memgov_exporter_processes", Kind::kGauge, "Processes on this page"}, "",
           CountValue(scrape.processes));
  page.Add({"memgov_exporter_unreadable", Kind::kGauge,
            "Files of processes that could not be read: damaged, or of another version"},
           "", CountValue(scrape.problems.size()));
  const int64_t took_ns = std::max<int64_t>(MonotonicNanoseconds() - started_ns, 0);
  page.Add({"memgov_exporter_scrape_duration_seconds", Kind::kGauge, "How long this page took to make"}, "",
           SecondsValue(static_cast<uint64_t>(took_ns)));
}

}  // namespace

bool MatchesAny(const std::vector<std::string>& globs, const std::string& command) {
  const std::string name = command.substr(command.rfind('/') + 1);
  return globs.empty() || std::ranges::any_of(globs, [&](const std::string& glob) {
           return fnmatch(glob.c_str(), command.c_str(), 0) == 0 ||
                  fnmatch(glob.c_str(), name.c_str(), 0) == 0;
         });
}

Scrape ScrapeOf(const std::vector<Governed>& processes, std::vector<std::string> problems,
                const ScrapeOptions& options, int64_t started_ns) {
  const Proc proc(options.root == "/" ? "/proc" : options.root + "/proc");
  CgroupFamilies cgroups(options.root);
  Exposition page;
  Scrape scrape;
  scrape.problems = std::move(problems);
  for (const Governed& process : processes) {
    if (!MatchesAny(options.filters, process.reading.command)) continue;
    const std::string labels = LabelsOf(process);
    if (!AddProcessFamilies(proc, process.pid, options.proportional, labels, page)) continue;
    AddSegmentFamilies(process.reading, labels, page);
    AddInfo(process, labels, cgroups.Add(process.pid, page), page);
    ++scrape.processes;
  }
  AddSelf(scrape, started_ns, page);
  scrape.text = page.Text();
  return scrape;
}

Scrape TakeScrape(const ScrapeOptions& options) {
  const int64_t started_ns = MonotonicNanoseconds();
  std::vector<std::string> problems;
  const std::vector<Governed> processes = ListGoverned(&problems);
  return ScrapeOf(processes, std::move(problems), options, started_ns);
}

}  // namespace memgov::cli
