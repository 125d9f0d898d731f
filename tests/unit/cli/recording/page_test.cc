#include "governor/cli/recording/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "recordings.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Page(const Recording& recording) { return MakePage(recording, Summarise(recording), "n0nce"); }

nlohmann::json DataOf(const std::string& page) {
  const std::string start = "<script type=\"application/json\" id=\"data\">";
  const size_t from = page.find(start) + start.size();
  return nlohmann::json::parse(page.substr(from, page.find("</script>", from) - from));
}

TEST(Page, HasItsCharts) {
  const std::string page = Page(Rising(30));
  for (const char* id : {"memory", "given-back", "ladder", "pools-held", "pools-live", "faults"}) {
    EXPECT_THAT(page, HasSubstr(std::string("<section class=\"chart\" id=\"") + id + "\"")) << id;
    EXPECT_TRUE(DataOf(page)["charts"].contains(id)) << id;
  }
  EXPECT_THAT(page, Not(HasSubstr("id=\"refusals\"")));
  EXPECT_THAT(page, HasSubstr("<td>parse-pool</td><td>4</td><td>20.0 MB</td>"));
  EXPECT_THAT(page, HasSubstr("<td>window</td><td>14</td><td>14.0 MB</td>"));
}

TEST(Page, ShowsRefusalsWhereThereWereSome) {
  Recording recording = Rising(5);
  recording.samples[4].figures["rejections_total"] = 3;
  EXPECT_THAT(Page(recording), HasSubstr("id=\"refusals\""));
}

TEST(Page, NeedsNoNetworkAndForbidsIt) {
  const std::string page = Page(Rising(30));
  EXPECT_THAT(page,
              HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-n0nce'; "
                        "base-uri 'none'; form-action 'none'\""));
  for (const char* outside : {"http:", "https:", "src=", "url(", "@import", "href="}) {
    EXPECT_THAT(page, Not(HasSubstr(outside))) << outside;
  }
}

TEST(Page, HostileNamesAreText) {
  const std::string hostile = "</script><script>alert(1)</script><img onerror=x>\" ' & \x1b[31m \xff";
  Recording recording = Rising(3);
  recording.command = hostile;
  recording.engine = hostile;
  recording.version = hostile;
  for (Sample& sample : recording.samples) {
    sample.pools[0].name = hostile;
    sample.figures["trims_total{reason=\"" + hostile + "\"}"] = static_cast<uint64_t>(sample.time_s);
    sample.figures["trimmed_bytes_total{reason=\"" + hostile + "\"}"] = static_cast<uint64_t>(sample.time_s);
  }
  const std::string page = Page(recording);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("\xff")));
  EXPECT_THAT(page, HasSubstr("&lt;img onerror=x&gt;&quot; &#39; &amp; \\x1b[31m \\xff"));
  EXPECT_THAT(DataOf(page)["charts"]["pools-held"]["names"].dump(), HasSubstr("<img onerror=x>"));
}

TEST(Page, ADayASampleASecondStaysSmall) {
  Recording recording = Rising(0);
  for (int index = 0; index < 86'400; ++index) {
    Sample sample = Rising(1).samples[0];
    sample.time_s += index;
    sample.resident_bytes += static_cast<uint64_t>(index % 977) * 123'457;
    for (int pool = 0; pool < 10; ++pool) {
      sample.pools.push_back(sample.pools[0]);
      sample.pools.back().name = "pool-" + std::to_string(pool);
    }
    recording.samples.push_back(std::move(sample));
  }
  recording.samples[50'000].resident_bytes = 999 * kMega;
  const std::string page = Page(recording);
  EXPECT_LT(page.size(), 2'000'000u);
  EXPECT_THAT(page, HasSubstr("peak 999.0 MB"));
  EXPECT_THAT(page, HasSubstr("other pools"));
}

TEST(Page, OneSampleAndNoFiguresAtAll) {
  EXPECT_THAT(Page(Rising(1)), HasSubstr("1 sample,"));
  Recording bare;
  bare.samples.resize(1);
  EXPECT_THAT(Page(bare), HasSubstr("</html>"));
}

TEST(Page, FiguresOfAnySizeAreDrawn) {
  Recording recording = Rising(4);
  for (size_t index = 0; index < 4; ++index) {
    Sample& sample = recording.samples[index];
    sample.resident_bytes = index == 1 ? UINT64_MAX - 1 : 0;
    for (const char* name : {"live_bytes", "held_bytes", "minor_faults_total", "rejections_total", "rung"}) {
      sample.figures[name] = index == 2 ? UINT64_MAX - 1 : 0;
    }
    sample.pools[0].figures["live_bytes"] = UINT64_MAX - 1;
  }
  recording.samples[3].time_s = 2.5e11;
  const std::string page = Page(recording);
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, Not(HasSubstr("inf ")));
}

}  // namespace
}  // namespace memgov::cli
