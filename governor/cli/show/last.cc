#include "governor/cli/show/last.h"

#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/show/age.h"
#include "governor/cli/show/process_row.h"

namespace memgov::cli {
namespace {

constexpr absl::Duration kGrowthWindow = absl::Seconds(10);
constexpr size_t kShownLines = 12;

void TakeReading(const Reading& reading, LastWords& words) {
  if (reading.wall_clock_ns == 0) return;
  words.time = absl::FromUnixNanos(reading.wall_clock_ns);
  words.rung = RungName(reading.Value("rung"));
  words.charged_bytes = reading.Value("charged_bytes");
  words.limit_bytes = reading.Value("container_limit_bytes", UINT64_MAX);
  if (words.limit_bytes == UINT64_MAX) words.limit_bytes = reading.Value("hard_budget_bytes", UINT64_MAX);
  words.live_bytes = reading.Value("live_bytes");
  words.held_bytes = reading.Value("held_bytes");
  words.refused = reading.Value("refused_allocations_total");
  words.rejected = reading.Value("deferrals_total") + reading.Value("rejections_total");
}

void TakeLine(const EvidenceLine& line, LastWords& words) {
  words.time = line.time;
  words.rung = line.rung;
  words.charged_bytes = line.charged_bytes;
  words.limit_bytes = line.limit_bytes == UINT64_MAX ? line.hard_bytes : line.limit_bytes;
  words.live_bytes = line.live_bytes;
  words.held_bytes = line.held_bytes;
  words.refused = line.refused;
  words.rejected = line.rejected;
}

std::string OfLimit(uint64_t bytes, uint64_t limit) {
  return limit == UINT64_MAX ? FormatBytes(bytes)
                             : absl::StrCat(FormatBytes(bytes), " of ", FormatBytes(limit));
}

// Below what soft is by default (docs/governor.md): memory was hardly the reason.
bool IsFarFromLimit(const LastWords& words) {
  constexpr double kFar = 0.75;
  return words.limit_bytes != UINT64_MAX &&
         static_cast<double>(words.charged_bytes) < kFar * static_cast<double>(words.limit_bytes);
}

std::string GrowthText(const std::string& pool, int64_t bytes) {
  if (pool.empty()) return "-";
  const uint64_t size = bytes < 0 ? 0 - static_cast<uint64_t>(bytes) : static_cast<uint64_t>(bytes);
  return absl::StrCat(Printable(pool), bytes < 0 ? " -" : " +", FormatBytes(size));
}

std::string AgoText(absl::Time time, absl::Time now) {
  if (time == absl::InfinitePast()) return "at an unknown time";
  return absl::StrCat("last seen ", AgeText(std::max(now - time, absl::ZeroDuration())), " ago");
}

void PrintLines(const std::vector<EvidenceLine>& lines, int width, std::ostream& out) {
  Table table({{.title = "TIME (UTC)"},
               {.title = "RUNG", .drop_order = 4},
               {.title = "CHARGED"},
               {.title = "HARD", .drop_order = 3},
               {.title = "LIVE", .drop_order = 1},
               {.title = "HELD", .drop_order = 2},
               {.title = "REFUSED", .drop_order = 5},
               {.title = "GREW MOST", .align = Align::kLeft}});
  const size_t first = lines.size() > kShownLines ? lines.size() - kShownLines : 0;
  for (size_t index = first; index < lines.size(); ++index) {
    const EvidenceLine& line = lines[index];
    table.AddRow({absl::FormatTime("%H:%M:%S", line.time, absl::UTCTimeZone()), Printable(line.rung),
                  FormatBytes(line.charged_bytes), FormatBytes(line.hard_bytes), FormatBytes(line.live_bytes),
                  FormatBytes(line.held_bytes), absl::StrCat(line.refused),
                  GrowthText(line.grew_pool, line.grew_bytes)});
  }
  for (const std::string& line : table.Lines(width > 2 ? width - 2 : width)) out << "  " << line << "\n";
}

Json JsonOfLine(const EvidenceLine& line) {
  return Json{{"time", absl::FormatTime(absl::RFC3339_sec, line.time, absl::UTCTimeZone())},
              {"rung", line.rung},
              {"charged_bytes", line.charged_bytes},
              {"soft_budget_bytes", JsonOfBytes(line.soft_bytes)},
              {"hard_budget_bytes", JsonOfBytes(line.hard_bytes)},
              {"container_limit_bytes", JsonOfBytes(line.limit_bytes)},
              {"anonymous_bytes", line.anonymous_bytes},
              {"live_bytes", line.live_bytes},
              {"held_bytes", line.held_bytes},
              {"refused_allocations_total", line.refused},
              {"rejected_admissions_total", line.rejected},
              {"grew_pool", line.grew_pool},
              {"grew_bytes", line.grew_bytes}};
}

int FailNone(std::optional<int> pid) {
  if (!pid.has_value()) {
    std::cerr << "memgov: no last words: no governed process that you may see was killed of late\n";
    return kOk;
  }
  const bool lives = FindGoverned(*pid).ok();
  return Fail(absl::NotFoundError(
      absl::StrCat("process ", *pid,
                   lives ? " lives: see memgov stat"
                         : " has left no last words (it ended by itself, long ago, or was not governed)")));
}

}  // namespace

LastWords LastWordsOf(const Governed& dead, const std::optional<Evidence>& evidence, std::string user) {
  LastWords words;
  words.pid = dead.pid;
  words.user = std::move(user);
  words.command = dead.reading.command;
  words.engine = dead.reading.engine;
  TakeReading(dead.reading, words);
  const bool is_its_own = evidence.has_value() && evidence->start_ticks == dead.reading.start_ticks;
  if (!is_its_own || evidence->lines.empty()) return words;
  words.lines = evidence->lines;
  words.growth = GrewMost(words.lines, kGrowthWindow);
  // Evidence has whole seconds, the segment is written once a second: of the same second the evidence is
  // newer.
  const EvidenceLine& line = words.lines.back();
  if (line.time >= absl::FromUnixSeconds(absl::ToUnixSeconds(words.time))) TakeLine(line, words);
  return words;
}

std::string Sentence(const LastWords& words) {
  if (words.time == absl::InfinitePast()) return "died before it took a first reading";
  // Who was far from every limit has left no evidence; it may have ended by _exit, which no handler sees.
  std::string text =
      absl::StrCat(words.lines.empty() ? "ended without a word (killed, or by _exit) at " : "died at ",
                   OfLimit(words.charged_bytes, words.limit_bytes));
  if (IsFarFromLimit(words)) absl::StrAppend(&text, " (not near it)");
  absl::StrAppend(&text, ", on ", Printable(words.rung));
  if (words.growth.bytes > 0) {
    const int64_t seconds = std::max<int64_t>(1, absl::ToInt64Seconds(words.growth.duration));
    absl::StrAppend(&text, ", pool ", GrowthText(words.growth.pool, words.growth.bytes), " in ", seconds,
                    " s");
  }
  return text;
}

void PrintLast(const LastWords& words, absl::Time now, bool with_lines, int width, std::ostream& out) {
  out << words.pid << " " << CommandCell(words.command) << " (" << Printable(words.engine) << "), user "
      << words.user << ", " << AgoText(words.time, now) << "\n  " << Sentence(words) << "\n";
  if (words.time == absl::InfinitePast()) return;
  out << "  live " << FormatBytes(words.live_bytes) << ", held " << FormatBytes(words.held_bytes)
      << ", refused " << words.refused << " allocations, turned away " << words.rejected << " admissions\n";
  if (with_lines && !words.lines.empty()) PrintLines(words.lines, width, out);
}

Json LastJson(const LastWords& words, absl::Time now) {
  const bool is_known = words.time != absl::InfinitePast();
  Json lines = Json::array();
  for (const EvidenceLine& line : words.lines) lines.push_back(JsonOfLine(line));
  Json json{{"pid", words.pid}, {"user", words.user}, {"command", words.command}, {"engine", words.engine}};
  json["time"] =
      is_known ? Json(absl::FormatTime(absl::RFC3339_sec, words.time, absl::UTCTimeZone())) : Json(nullptr);
  json["age_seconds"] =
      is_known ? JsonOfSeconds(std::max(now - words.time, absl::ZeroDuration())) : Json(nullptr);
  json["rung"] = words.rung;
  json["charged_bytes"] = words.charged_bytes;
  json["limit_bytes"] = JsonOfBytes(words.limit_bytes);
  json["live_bytes"] = words.live_bytes;
  json["held_bytes"] = words.held_bytes;
  json["refused_allocations_total"] = words.refused;
  json["rejected_admissions_total"] = words.rejected;
  json["grew_pool"] = words.growth.pool;
  json["grew_bytes"] = words.growth.bytes;
  json["grew_seconds"] = absl::ToDoubleSeconds(words.growth.duration);
  json["says"] = Sentence(words);
  json["lines"] = std::move(lines);
  return json;
}

int RunLast(std::optional<int> pid, bool json) {
  const absl::Time now = absl::Now();
  UserNames users;
  Json list = Json::array();
  int found = 0;
  for (const Governed& dead : ListDead()) {
    if (pid.has_value() && dead.pid != *pid) continue;
    const auto read = ReadEvidence(dead.EvidencePath(), dead.user);
    const auto evidence = read.ok() ? std::optional<Evidence>(*read) : std::nullopt;
    const LastWords words = LastWordsOf(dead, evidence, users.Of(dead.user));
    ++found;
    if (json) {
      list.push_back(LastJson(words, now));
    } else {
      PrintLast(words, now, pid.has_value(), TerminalWidth(), std::cout);
    }
  }
  if (found == 0 && (pid.has_value() || !json)) return FailNone(pid);
  if (json) Print(Json{{"dead", std::move(list)}}, std::cout);
  return kOk;
}

}  // namespace memgov::cli
