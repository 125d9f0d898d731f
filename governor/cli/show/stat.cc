#include "governor/cli/show/stat.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

constexpr int kNameCells = 28;
constexpr int kGroupCells = 12;

struct Group {
  std::string_view title;
  std::vector<std::string_view> figures;  // short names
};

const std::vector<Group>& Groups() {
  static const std::vector<Group> groups = {
      {"memory", {"resident_bytes", "anonymous_bytes", "live_bytes", "held_bytes", "allocated_bytes_total"}},
      {"of held",
       {"fragmentation_bytes", "slot_bytes", "dirty_bytes", "metadata_bytes", "usable_bytes",
        "reserved_bytes", "shards", "demand_window_seconds"}},
      {"budget",
       {"charged_bytes", "soft_budget_bytes", "hard_budget_bytes", "container_limit_bytes", "headroom_bytes",
        "rung", "cohort_members"}},
      {"admission",
       {"admitted_bytes", "admissions_total", "deferrals_total", "rejections_total",
        "forgotten_bytes_total"}},
      {"at the limit",
       {"refused_allocations_total", "refused_bytes_total", "emergency_releases_total",
        "emergency_released_bytes_total", "emergency_longest_seconds"}},
      {"pressure",
       {"stalled_seconds_total", "cgroup_high_events_total", "cgroup_max_events_total",
        "cgroup_oom_kills_total", "pressure_callbacks_total", "callback_longest_seconds",
        "callback_running_seconds"}},
      {"threads", {"threads", "parked_threads", "named_pools", "governor_running"}},
      {"health",
       {"stall_longest_seconds", "recycle_advised", "recycle_recoverable_bytes", "recycle_since_seconds",
        "bad_frees_total", "foreign_frees_total", "dropped_samples_total"}},
  };
  return groups;
}

std::string ValueText(const FigureName& name, uint64_t value) {
  if (ShortName(name) == "rung") return RungName(value);
  if (name.unit == Unit::kBytes) return FormatBytes(value);
  if (name.unit == Unit::kNumber) return absl::StrCat(value);
  constexpr uint64_t kMost = INT64_MAX;
  return cli::FormatDuration(absl::Nanoseconds(static_cast<int64_t>(std::min(value, kMost))));
}

// "emergency_longest_seconds" -> "emergency longest": the value has its unit.
std::string Words(const FigureName& name) {
  std::string words = Printable(ShortName(name));
  for (const std::string_view suffix : {"_total", "_bytes", "_seconds"}) {
    if (words.size() > suffix.size() && words.ends_with(suffix)) words.resize(words.size() - suffix.size());
  }
  return absl::StrReplaceAll(words, {{"_", " "}});
}

void PrintLine(std::string_view group, const std::string& name, const std::string& value, std::ostream& out) {
  const auto pad = [](std::string text, size_t cells) {
    text.resize(std::max(text.size(), cells), ' ');
    return text;
  };
  out << pad(std::string(group), kGroupCells) << "  " << pad(name, kNameCells) << "  " << value << "\n";
}

class Printer {
 public:
  Printer(const Reading& reading, std::ostream& out) : reading_(reading), out_(out) {
    for (size_t index = 0; index < std::min(reading.names.size(), reading.values.size()); ++index) {
      if (reading.names[index].labels.empty()) left_.emplace(ShortName(reading.names[index]), index);
    }
  }

  void PrintGroup(const Group& group) {
    std::string_view title = group.title;
    for (const std::string_view figure : group.figures) {
      const auto found = left_.find(std::string(figure));
      if (found == left_.end()) continue;
      PrintFigure(title, found->second);
      left_.erase(found);
      title = "";
    }
  }

  void PrintOther() {
    std::string_view title = "other";
    for (const auto& [name, index] : left_) {
      PrintFigure(title, index);
      title = "";
    }
  }

 private:
  void PrintFigure(std::string_view title, size_t index) {
    const FigureName& name = reading_.names[index];
    const bool is_pools = ShortName(name) == "named_pools";
    const uint64_t value = is_pools ? CountPools(reading_) : reading_.values[index];
    PrintLine(title, Words(name), ValueText(name, value), out_);
  }

  const Reading& reading_;
  std::ostream& out_;
  std::map<std::string, size_t> left_;
};

// A line for each reason for which memory was given back: passes, and what they took off the RSS.
void PrintReleases(const Reading& reading, std::ostream& out) {
  struct Line {
    std::string text;
    bool is_zero = true;
  };
  std::map<std::string, Line> lines;
  std::vector<std::string> order;
  for (size_t index = 0; index < std::min(reading.names.size(), reading.values.size()); ++index) {
    const FigureName& name = reading.names[index];
    if (name.labels.empty()) continue;
    const auto [line, is_new] = lines.try_emplace(Printable(LabelValue(name)));
    if (is_new) order.push_back(line->first);
    line->second.is_zero = line->second.is_zero && reading.values[index] == 0;
    absl::StrAppend(&line->second.text, is_new ? "" : ", ", Words(name), " ",
                    ValueText(name, reading.values[index]));
  }
  std::string_view title = "releases";
  for (const std::string& label : order) {
    if (lines[label].is_zero) continue;
    PrintLine(title, label, lines[label].text, out);
    title = "";
  }
  if (!title.empty()) PrintLine(title, "none yet", "", out);
}

}  // namespace

void PrintStat(const Fresh& fresh, const ProcessRow& row, std::ostream& out) {
  const Reading& reading = fresh.process.reading;
  PrintLine("process", absl::StrCat(row.pid, " ", CommandCell(row.command)), absl::StrCat("user ", row.user),
            out);
  PrintLine("", absl::StrCat("memgov ", Printable(reading.version), ", ", Printable(reading.engine)),
            absl::StrCat("governed for ", AgeText(UptimeOf(reading, Clocks::Now()))), out);
  PrintLine("", "figures", fresh.answered ? "of now" : absl::StrCat("of ", AgeText(fresh.age), " ago"), out);
  Printer printer(reading, out);
  for (const Group& group : Groups()) printer.PrintGroup(group);
  printer.PrintOther();
  PrintReleases(reading, out);
}

// Words where the other commands have words, and what is either so or not.
void MakeReadable(const Reading& reading, Json& json) {
  if (const auto rung = reading.Find("rung")) json["rung"] = RungName(*rung);
  for (const char* name : {"governor_running", "recycle_advised"}) {
    if (const auto value = reading.Find(name)) json[name] = *value != 0;
  }
  if (reading.Find("named_pools").has_value()) json["named_pools"] = CountPools(reading);
}

Json StatJson(const Fresh& fresh, const ProcessRow& row) {
  const Reading& reading = fresh.process.reading;
  Json json{{"pid", row.pid},
            {"user", row.user},
            {"command", row.command},
            {"version", reading.version},
            {"engine", reading.engine},
            {"started_seconds", reading.started_s},
            {"state", std::string(1, row.state)},
            {"answered", fresh.answered},
            {"age_seconds", JsonOfSeconds(fresh.age)}};
  json.update(JsonOf(reading));
  MakeReadable(reading, json);
  return json;
}

int RunStat(int pid, bool json) {
  const absl::StatusOr<Fresh> fresh = FindFresh(pid);
  if (!fresh.ok()) return Fail(fresh.status());
  UserNames users;
  const ProcessRow row = RowOf(fresh->process, Proc(), users, Clocks::Now(), false);
  if (!fresh->answered) std::cerr << "memgov: " << fresh->Note() << "\n";
  if (json) {
    Print(StatJson(*fresh, row), std::cout);
  } else {
    PrintStat(*fresh, row, std::cout);
  }
  return kOk;
}

}  // namespace memgov::cli
