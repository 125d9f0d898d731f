#include "chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace gateway_load {
namespace {

constexpr double kWidth = 1000;
constexpr double kHeight = 540;
constexpr double kLeft = 76;
constexpr double kRight = 236;  // the legend's
constexpr double kTop = 76;
constexpr double kBottom = 56;
constexpr double kMebibyte = 1 << 20;
constexpr size_t kPointsPerLine = 340;

// Okabe and Ito's colours, told apart with every kind of colour vision; their yellow is too faint on white.
constexpr const char* kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                    "#56b4e9", "#e69f00", "#000000", "#8c564b"};
constexpr char kBackgroundColour[] = "#888888";

struct Style {
  const char* colour;
  double width;
  const char* dashes;
};

std::string Escape(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string Text(double x, double y, const char* attributes, const std::string& text) {
  return absl::StrFormat("<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, attributes, Escape(text));
}

std::string Line(double x1, double y1, double x2, double y2, const std::string& attributes) {
  return absl::StrFormat("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x1, y1, x2, y2,
                         attributes);
}

class Painter {
 public:
  explicit Painter(const Chart& chart);
  std::string Draw() const;

 private:
  double X(double seconds) const {
    return kLeft + (seconds - from_) / (to_ - from_) * (kWidth - kLeft - kRight);
  }
  double Y(double bytes) const { return kHeight - kBottom - bytes / top_ * (kHeight - kTop - kBottom); }
  Style StyleOf(size_t line) const;
  std::string Frame() const;
  std::string MemoryAxis() const;
  std::string TimeAxis() const;
  std::string LoadEnds() const;
  std::string Curve(size_t line) const;
  std::string Legend() const;

  const Chart& chart_;
  double from_ = 0;
  double to_ = 1;
  double top_ = kMebibyte;
  double memory_step_ = kMebibyte;
};

Painter::Painter(const Chart& chart) : chart_(chart) {
  double highest = kMebibyte;
  for (const ChartLine& line : chart.lines) {
    if (line.series.empty()) continue;
    to_ = std::max(to_, line.series.back().seconds);
    for (const Point& point : line.series) highest = std::max(highest, point.bytes);
  }
  memory_step_ = NiceStep(highest / kMebibyte, 8) * kMebibyte;
  top_ = std::ceil(highest * 1.02 / memory_step_) * memory_step_;
}

std::string Painter::Draw() const {
  std::string svg = Frame();
  svg += MemoryAxis() + TimeAxis() + LoadEnds();
  for (size_t line = 0; line < chart_.lines.size(); ++line) svg += Curve(line);
  return svg + Legend() + "</svg>\n";
}

Style Painter::StyleOf(size_t line) const {
  if (chart_.lines[line].background) return {kBackgroundColour, 1.6, "4 3"};
  return {kColours[line % std::size(kColours)], chart_.lines[line].emphasised ? 3.2 : 1.6,
          line < std::size(kColours) ? "none" : "8 3"};
}

std::string Painter::Frame() const {
  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
      "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#222222\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
      kWidth, kHeight, kWidth, kHeight);
  svg += Text(kLeft, 30, "font-size=\"19\" font-weight=\"bold\"", chart_.title);
  return svg + Text(kLeft, 52, "fill=\"#555555\"", chart_.subtitle);
}

std::string Painter::MemoryAxis() const {
  std::string svg;
  for (double bytes = 0; bytes <= top_ * 1.0001; bytes += memory_step_) {
    svg += Line(kLeft, Y(bytes), kWidth - kRight, Y(bytes),
                bytes == 0 ? "stroke=\"#444444\"" : "stroke=\"#e4e4e4\"");
    svg += Text(kLeft - 8, Y(bytes) + 4, "text-anchor=\"end\"", absl::StrFormat("%g", bytes / kMebibyte));
  }
  const double middle = (kTop + kHeight - kBottom) / 2;
  const std::string turned =
      absl::StrFormat("text-anchor=\"middle\" transform=\"rotate(-90 22 %.1f)\"", middle);
  return svg + Text(22, middle, turned.c_str(), "resident memory (RSS), MiB");
}

std::string Painter::TimeAxis() const {
  std::string svg;
  const double step = NiceStep(to_ - from_, 12);
  for (double seconds = 0; seconds <= to_; seconds += step) {
    svg += Line(X(seconds), Y(0), X(seconds), Y(0) + 5, "stroke=\"#444444\"");
    svg += Text(X(seconds), Y(0) + 20, "text-anchor=\"middle\"", absl::StrFormat("%g", seconds));
  }
  return svg + Text((kLeft + kWidth - kRight) / 2, kHeight - 14, "text-anchor=\"middle\"",
                    "seconds since the load began");
}

// One marker where all loads end together (a load by time), else a dot on each line where its own ends.
std::string Painter::LoadEnds() const {
  double first = to_;
  double last = 0;
  for (const ChartLine& line : chart_.lines) {
    if (line.background) continue;
    first = std::min(first, line.load_seconds);
    last = std::max(last, line.load_seconds);
  }
  if (last <= 0) return "";
  if (last - first < (to_ - from_) / 20) {
    return Line(X(last), kTop - 4, X(last), Y(0), "stroke=\"#444444\" stroke-dasharray=\"3 3\"") +
           Text(X(last) + 6, kTop + 8, "fill=\"#444444\"", "end of load");
  }
  std::string svg;
  for (size_t i = 0; i < chart_.lines.size(); ++i) {
    const ChartLine& line = chart_.lines[i];
    if (line.background) continue;
    svg += absl::StrFormat("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\"/>\n", X(line.load_seconds),
                           Y(ValueAt(line.series, line.load_seconds)), StyleOf(i).colour);
  }
  return svg + Text(kWidth - kRight + 16, kHeight - kBottom, "fill=\"#444444\"", "dots: end of load");
}

std::string Painter::Curve(size_t line) const {
  const Series& series = chart_.lines[line].series;
  if (series.empty()) return "";
  const Style style = StyleOf(line);
  std::string points;
  for (const Point& point : Thinned(series, {from_, series.back().seconds}, kPointsPerLine)) {
    absl::StrAppendFormat(&points, "%.1f,%.1f ", X(point.seconds), Y(point.bytes));
  }
  return absl::StrFormat(
      "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\" stroke-dasharray=\"%s\" "
      "stroke-linejoin=\"round\"/>\n",
      points, style.colour, style.width, style.dashes);
}

std::string Painter::Legend() const {
  const double x = kWidth - kRight + 16;
  std::string svg = Text(x, kTop + 4, "fill=\"#555555\"", "average under load, MiB");
  double y = kTop + 28;
  for (size_t i = 0; i < chart_.lines.size(); ++i, y += 23) {
    const ChartLine& line = chart_.lines[i];
    const Style style = StyleOf(i);
    svg += Line(x, y - 4, x + 26, y - 4,
                absl::StrFormat("stroke=\"%s\" stroke-width=\"%.1f\" stroke-dasharray=\"%s\"", style.colour,
                                style.width, style.dashes));
    svg += Text(x + 34, y, line.emphasised ? "font-weight=\"bold\"" : "", line.name);
    const double average = Average(line.series, {0, line.load_seconds});
    svg += Text(kWidth - 16, y, "text-anchor=\"end\"", absl::StrFormat("%.0f", average / kMebibyte));
  }
  return svg;
}

}  // namespace

double NiceStep(double span, int most) {
  const double least = span / most;
  double power = std::pow(10, std::floor(std::log10(least)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least) return factor * power;
  }
  return 10 * power;
}

std::string DrawChart(const Chart& chart) { return Painter(chart).Draw(); }

}  // namespace gateway_load
