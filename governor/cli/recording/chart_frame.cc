#include "governor/cli/recording/chart_frame.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/frame/html.h"

namespace memgov::cli {
namespace {

constexpr int kLanePixels = 30;

std::string Percent(double fraction) { return absl::StrFormat("%.2f%%", 100 * fraction); }

std::string Legend(const std::vector<ChartSeries>& series) {
  if (series.empty()) return "";
  std::string html = "<ul class=\"legend\">";
  for (const ChartSeries& entry : series) {
    absl::StrAppend(&html, "<li><span class=\"key ", entry.style, "\"></span>", Html(entry.label));
    if (!entry.detail.empty()) absl::StrAppend(&html, " <small>", Html(entry.detail), "</small>");
    html += "</li>";
  }
  return html + "</ul>\n";
}

std::string ValueLabels(const ChartFrame& frame) {
  std::string html = frame.lanes.empty() ? "<div class=\"values\">" : "<div class=\"values lanes\">";
  for (const Tick& tick : frame.value_ticks) {
    absl::StrAppend(&html, "<span style=\"top:", Percent(1 - tick.fraction), "\">", tick.label, "</span>");
  }
  for (const std::string& lane : frame.lanes) absl::StrAppend(&html, "<span>", Html(lane), "</span>");
  return html + "</div>";
}

// A label takes up to 60 pixels, and a phone's chart is 270 wide.
constexpr double kLastPart = 0.88;

std::string TimeLabels(const TimeAxis& time) {
  std::string html = "<div class=\"times\">";
  for (const Tick& tick : time.ticks) {
    // Centred, the last one would stand out of a narrow page.
    const char* const shift = tick.fraction > kLastPart ? ";transform:translateX(-100%)" : "";
    absl::StrAppend(&html, "<span", tick.minor ? " class=\"minor\"" : "",
                    " style=\"left:", Percent(tick.fraction), shift, "\">", tick.label, "</span>");
  }
  return html + "</div>";
}

std::string Grid(const TimeAxis& time, const ChartFrame& frame) {
  std::string path;
  for (const Tick& tick : frame.value_ticks) {
    absl::StrAppend(&path, "M0 ", Coordinate((1 - tick.fraction) * kDrawingHeight), "H", kDrawingWidth);
  }
  for (size_t lane = 0; lane <= frame.lanes.size() && !frame.lanes.empty(); ++lane) {
    const double y = kDrawingHeight * static_cast<double>(lane) / static_cast<double>(frame.lanes.size());
    absl::StrAppend(&path, "M0 ", Coordinate(y), "H", kDrawingWidth);
  }
  for (const Tick& tick : time.ticks) {
    absl::StrAppend(&path, "M", Coordinate(tick.fraction * kDrawingWidth), " 0V", kDrawingHeight);
  }
  return absl::StrCat("<path class=\"grid\" d=\"", path, "\"/>");
}

}  // namespace

std::string Coordinate(double value) { return absl::StrFormat("%.1f", value); }

std::string RenderChart(const ChartText& text, const TimeAxis& time, const std::vector<ChartSeries>& legend,
                        const ChartFrame& frame) {
  const std::string& id = text.id;
  std::string html =
      absl::StrCat("<section class=\"chart\" id=\"", id, "\"><h2>", Html(text.title), "</h2>\n");
  if (!text.note.empty()) absl::StrAppend(&html, "<p class=\"note\">", Html(text.note), "</p>\n");
  html += Legend(legend);
  const std::string height =
      frame.lanes.empty()
          ? ""
          : absl::StrCat(" style=\"height:", kLanePixels * static_cast<int>(frame.lanes.size()), "px\"");
  absl::StrAppend(&html, "<div class=\"frame\">", ValueLabels(frame), "<div class=\"plot\" data-chart=\"", id,
                  "\" tabindex=\"0\" role=\"group\" aria-label=\"", Html(text.title), "\"", height, ">\n");
  absl::StrAppend(&html, "<svg role=\"img\" aria-labelledby=\"", id, "-title ", id, "-text\" viewBox=\"0 0 ",
                  kDrawingWidth, " ", kDrawingHeight, "\" preserveAspectRatio=\"none\"><title id=\"", id,
                  "-title\">", Html(text.title), "</title><desc id=\"", id, "-text\">",
                  Html(text.description), "</desc>\n");
  absl::StrAppend(&html, Grid(time, frame), frame.drawing, "</svg></div>", TimeLabels(time),
                  "</div></section>\n");
  return html;
}

}  // namespace memgov::cli
