// The value in force, as the effective configuration prints it.
#include <gtest/gtest.h>

#include <string>

#include "governor/base/message.h"
#include "governor/config/options.h"
#include "unit/child.h"

namespace memgov {
namespace {

std::string Described(Option option) {
  TextBuffer<256> out;
  options::Describe(option, out);
  return std::string(out.data(), out.size());
}

struct Case {
  Option option;
  const char* text;  // "": the default
  const char* described;
};

const Case kCases[] = {{Option::kGovernor, "", "on"},
                       {Option::kGovernor, "0", "off"},
                       {Option::kThread, "", "auto"},
                       {Option::kThread, "never", "never"},
                       {Option::kTrimInterval, "", "10.0 s"},
                       {Option::kTrimInterval, "off", "off"},
                       {Option::kIdle, "", "500.0 ms"},
                       {Option::kIdle, "0", "off"},
                       {Option::kStartBytes, "", "64.0 MB"},
                       {Option::kArenaMax, "", "0"},
                       {Option::kArenaMax, "12", "12"},
                       {Option::kSlots, "portable", "portable"},
                       {Option::kSlots, "off", "off"},
                       {Option::kReport, "", "off"},
                       {Option::kReport, "exit", "exit"},
                       {Option::kReport, "1m", "60.0 s"},
                       {Option::kEngine, "", "-"},
                       {Option::kEngine, "System", "system"},
                       {Option::kBudget, "", "auto"},
                       {Option::kBudget, "off", "off"},
                       {Option::kBudget, "512M", "512.0 MB"},
                       {Option::kBudget, "75%", "75%"},
                       {Option::kBudgetSoft, "", "84%"},
                       {Option::kBudgetSoft, "1G", "1.0 GB"},
                       {Option::kOnHard, "", "fail"},
                       {Option::kOnHard, "abort", "abort"},
                       {Option::kOnHard, "ignore", "ignore"},
                       {Option::kPressure, "", "on"},
                       {Option::kDirectory, "", "-"},
                       {Option::kDirectory, "/run/memgov", "/run/memgov"},
                       {Option::kPools, "", "-"},
                       {Option::kPools, "a*=b:2M", "a*=b:2M"},
                       {Option::kFail, "", "-"}};

TEST(OptionsDescribeTest, Table) {
  for (const Case& one : kCases) {
    const ChildEnd end = RunInChild([&] {
      ASSERT_TRUE(*one.text == '\0' || options::Set(one.option, one.text));
      EXPECT_EQ(Described(one.option), one.described);
    });
    EXPECT_EQ(end.status, 0) << options::Spec(one.option).name << "=" << one.text << ": " << end.error_text;
  }
}

TEST(OptionsDescribeTest, EveryOptionHasAWord) {
  for (int index = 0; index < static_cast<int>(Option::kCount); ++index) {
    EXPECT_NE(Described(static_cast<Option>(index)), "") << options::Spec(static_cast<Option>(index)).name;
  }
}

}  // namespace
}  // namespace memgov
