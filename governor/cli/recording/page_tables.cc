#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "governor/cli/frame/html.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/page_parts.h"

namespace memgov::cli {
namespace {

constexpr size_t kMoments = 40;

std::string Row(const char* cell, const std::vector<std::string>& cells) {
  std::string html = "<tr>";
  for (const std::string& text : cells) absl::StrAppend(&html, "<", cell, ">", Html(text), "</", cell, ">");
  return html + "</tr>\n";
}

std::string PageTable(const std::string& id, const std::string& what, const std::vector<std::string>& titles,
                      const std::string& rows) {
  return absl::StrCat("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", what,
                      "\"><table id=\"", id, "\"><thead>", Row("th", titles), "</thead><tbody>\n", rows,
                      "</tbody></table></div>\n");
}

std::string HeadFigure(const char* name, const std::string& value) {
  return absl::StrCat("<div><dt>", name, "</dt><dd>", Html(value), "</dd></div>\n");
}

std::string Figure(const Sample& sample, std::string_view name) {
  const std::optional<uint64_t> value = sample.figures.Find(name);
  return value.has_value() ? FormatBytes(*value) : "-";
}

std::string TimeOf(const Sample& sample) {
  return absl::FormatTime("%H:%M:%S", absl::FromUnixMillis(static_cast<int64_t>(sample.time_s * 1000)),
                          absl::UTCTimeZone());
}

}  // namespace

std::string HeadFigures(const Summary& summary) {
  uint64_t released = 0;
  for (const Released& entry : summary.released) released += entry.bytes;
  const uint64_t peak = std::max(summary.peak_resident_bytes, summary.peak_between_bytes);
  const auto stall_ns = static_cast<int64_t>(std::min<uint64_t>(summary.longest_stall_ns, INT64_MAX));
  return absl::StrCat(
      "<dl class=\"head\">", HeadFigure("RSS at its highest", FormatBytes(peak)),
      HeadFigure("RSS at the end", FormatBytes(summary.last_resident_bytes)),
      HeadFigure("In use at the end", summary.last_is_fresh ? FormatBytes(summary.last_live_bytes) : "-"),
      HeadFigure("Given back", FormatBytes(released)),
      HeadFigure("Longest stall", stall_ns == 0 ? "none" : cli::FormatDuration(absl::Nanoseconds(stall_ns))),
      HeadFigure("Refused", absl::StrCat(summary.refused_allocations + summary.rejections)), "</dl>\n");
}

std::string PoolTable(const Summary& summary) {
  std::string rows;
  for (const PoolSummary& pool : summary.pools) {
    const bool budget = pool.soft_budget_bytes != UINT64_MAX;
    rows +=
        Row("td", {pool.name, absl::StrCat(pool.most_threads), FormatBytes(pool.peak_live_bytes),
                   FormatBytes(pool.last_live_bytes), FormatBytes(pool.peak_held_bytes),
                   FormatBytes(pool.last_held_bytes), budget ? FormatBytes(pool.soft_budget_bytes) : "-"});
  }
  return PageTable("pools", "Pools",
                   {"Pool", "Threads", "Live, peak", "Live, end", "Held, peak", "Held, end", "Budget"}, rows);
}

std::string ReleaseTable(const Summary& summary) {
  std::string rows;
  for (const Released& entry : summary.released) {
    rows += Row("td", {entry.reason, absl::StrCat(entry.passes), FormatBytes(entry.bytes)});
  }
  return PageTable("releases", "Releases", {"Reason", "Passes", "Given back"}, rows);
}

std::string MomentTable(const Recording& recording) {
  static constexpr const char* kRungs[] = {"normal", "soft", "hard"};
  const Values fractions = FractionsOf(recording);
  std::string rows;
  for (const size_t index : PickHighest(fractions, ResidentValues(recording), kMoments)) {
    const Sample& sample = recording.samples[index];
    rows += Row("td", {TimeOf(sample), FormatBytes(sample.resident_bytes), Figure(sample, "held_bytes"),
                       Figure(sample, "live_bytes"), Figure(sample, "dirty_bytes"),
                       kRungs[std::min<uint64_t>(sample.Value("rung"), 2)]});
  }
  return PageTable("moments", "Figures over time", {"Time (UTC)", "RSS", "Held", "Live", "Dirty", "Ladder"},
                   rows);
}

}  // namespace memgov::cli
