#include "governor/cli/show/top_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "governor/cli/frame/utf8.h"
#include "unit/cli/show/readings.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TopFrame FrameOf(int processes, size_t selected) {
  TopFrame frame;
  for (int index = 0; index < processes; ++index) {
    ProcessRow row = ExampleRow(100 + index, "gateway-" + std::to_string(index), uint64_t{1} << 30);
    row.hard_bytes = uint64_t{2} << 30;
    row.charged_bytes = uint64_t{1} << 30;
    frame.rows.push_back(row);
  }
  frame.selected = selected;
  frame.reading = ExampleReading();
  frame.sort = "rss";
  frame.time = "19:30:05";
  return frame;
}

std::string Joined(const std::vector<ScreenLine>& lines) {
  std::string text;
  for (const ScreenLine& line : lines) text += line.text + "\n";
  return text;
}

TEST(TopFrame, NeverLeavesTheScreen) {
  for (const int processes : {0, 1, 3, 300}) {
    for (const int width : {1, 10, 40, 80, 200}) {
      for (const int height : {1, 2, 3, 5, 10, 24, 60}) {
        const auto lines = RenderTop(FrameOf(processes, 0), {width, height}, true);
        ASSERT_EQ(lines.size(), static_cast<size_t>(height));
        for (const ScreenLine& line : lines) ASSERT_LE(CellsOf(line.text), width) << line.text;
      }
    }
  }
}

TEST(TopFrame, HasProcessesAbovePoolsAndKeysAtTheEnd) {
  const auto lines = RenderTop(FrameOf(2, 1), {80, 24}, false);
  EXPECT_THAT(lines[0].text, HasSubstr("2 processes  RSS 2.0 GB"));
  EXPECT_THAT(lines[1].text, HasSubstr("COMMAND"));
  EXPECT_THAT(lines[2].text, StartsWith("   100"));
  EXPECT_THAT(lines[3].text, StartsWith(">  101"));
  EXPECT_THAT(lines[3].text, HasSubstr("#####....."));
  EXPECT_EQ(lines[3].style, Style::kSelected);
  EXPECT_EQ(lines[5].text, "pools of 101 gateway-1");
  EXPECT_THAT(lines[7].text, StartsWith("io"));
  EXPECT_THAT(lines[8].text, StartsWith("parse"));
  EXPECT_THAT(lines[23].text, StartsWith("q quit"));
}

TEST(TopFrame, KeepsTheSelectedOneInSight) {
  for (const size_t selected : {0, 9, 150, 299}) {
    const std::string text = Joined(RenderTop(FrameOf(300, selected), {80, 24}, false));
    EXPECT_THAT(text, HasSubstr(">  " + std::to_string(100 + selected))) << text;
  }
}

TEST(TopFrame, LeavesThePoolsOutWhereThereIsNoRoom) {
  EXPECT_THAT(Joined(RenderTop(FrameOf(2, 0), {80, 8}, false)), Not(HasSubstr("pools of")));
}

TEST(TopFrame, InAPipeHasAllAndNoKeys) {
  const std::string text = Joined(RenderTop(FrameOf(300, 0), {}, false));
  EXPECT_THAT(text, HasSubstr("gateway-299"));
  EXPECT_THAT(text, HasSubstr("pools of 100"));
  EXPECT_THAT(text, Not(HasSubstr("q quit")));
}

TEST(TopFrame, MarksWhoIsNearTheLimit) {
  TopFrame frame = FrameOf(4, 0);
  frame.rows[1].rung = 1;
  frame.rows[2].rung = 2;
  frame.rows[3].charged_bytes = frame.rows[3].hard_bytes / 10 * 9;
  const auto lines = RenderTop(frame, {80, 24}, false);
  EXPECT_EQ(lines[2].style, Style::kSelected);
  EXPECT_EQ(lines[3].style, Style::kWarning);
  EXPECT_EQ(lines[4].style, Style::kAlarm);
  EXPECT_EQ(lines[5].style, Style::kWarning);
}

TEST(TopFrame, SaysWhatCouldNotBeRead) {
  TopFrame frame = FrameOf(1, 0);
  frame.unreadable = 2;
  EXPECT_THAT(RenderTop(frame, {100, 24}, false)[0].text, HasSubstr("(2 unreadable)"));
}

TEST(TopFrame, EscapesNames) {
  TopFrame frame = FrameOf(1, 0);
  frame.rows[0].command = "\x1b[2J\x07";
  frame.reading.pools[0].name = "\x1b]0;title\x07";
  EXPECT_THAT(Joined(RenderTop(frame, {80, 24}, true)), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace memgov::cli
