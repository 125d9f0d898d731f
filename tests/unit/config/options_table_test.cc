// The table of options itself, and what MEMGOV_HELP=1 makes of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "governor/config/options.h"
#include "governor/config/parse.h"
#include "unit/child.h"

namespace memgov {
namespace {

constexpr int kOptions = static_cast<int>(Option::kCount);

TEST(OptionsTableTest, EachDefaultIsWhatAUserCouldWrite) {
  const ChildEnd end = RunInChild([] {
    for (int index = 0; index < kOptions; ++index) {
      const Option option = static_cast<Option>(index);
      const OptionSpec& spec = options::Spec(option);
      if (*spec.default_text == '\0') continue;
      const int64_t value = options::Get(option);
      EXPECT_FALSE(options::IsSet(option)) << spec.name;
      EXPECT_TRUE(options::Set(option, spec.default_text)) << spec.name;
      EXPECT_EQ(options::Get(option), value) << spec.name;
      EXPECT_TRUE(options::IsSet(option)) << spec.name;
    }
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsTableTest, Defaults) {
  const ChildEnd end = RunInChild([] {
    EXPECT_EQ(options::Get(Option::kGovernor), 1);
    EXPECT_EQ(options::Get(Option::kThread), kThreadAuto);
    EXPECT_EQ(options::Get(Option::kTrimInterval), 10000000000);
    EXPECT_EQ(options::Get(Option::kIdle), 500000000);
    EXPECT_EQ(options::Get(Option::kStartBytes), 64 << 20);
    EXPECT_EQ(options::Get(Option::kArenaMax), 0);
    EXPECT_EQ(options::Get(Option::kSlots), kSlotsAuto);
    EXPECT_EQ(options::Get(Option::kHugePages), 0);
    EXPECT_EQ(options::Get(Option::kCheck), 0);
    EXPECT_EQ(options::Get(Option::kOnBadFree), kBadFreeAbort);
    EXPECT_EQ(options::Get(Option::kReport), 0);
    EXPECT_EQ(options::Get(Option::kSummary), 0);
    EXPECT_EQ(options::Get(Option::kEngine), kNoEngineAsked);
    EXPECT_EQ(options::Get(Option::kStrict), 0);
    EXPECT_EQ(options::Get(Option::kHelp), 0);
    EXPECT_EQ(options::Get(Option::kBudget), kBudgetAuto);
    EXPECT_EQ(options::Get(Option::kBudgetSoft), -84);
    EXPECT_EQ(options::Get(Option::kOnHard), kOnHardFail);
    EXPECT_EQ(options::Get(Option::kPressure), 1);
    EXPECT_EQ(options::Get(Option::kCohort), 1);
    EXPECT_EQ(options::Get(Option::kExport), 1);
    EXPECT_STREQ(options::GetText(Option::kDirectory), "");
    EXPECT_STREQ(options::GetText(Option::kPools), "");
    EXPECT_STREQ(options::GetText(Option::kFail), "");
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsTableTest, ChoicesOfTheArenaEngineByTheirNumbers) {
  const ChildEnd end = RunInChild([] {
    constexpr const char* kSlotChoices[] = {"auto", "rseq", "portable", "off"};
    constexpr int64_t kSlotNumbers[] = {kSlotsAuto, kSlotsRseq, kSlotsPortable, kSlotsOff};
    for (size_t index = 0; index < 4; ++index) {
      EXPECT_TRUE(options::Set(Option::kSlots, kSlotChoices[index]));
      EXPECT_EQ(options::Get(Option::kSlots), kSlotNumbers[index]) << kSlotChoices[index];
    }
    EXPECT_FALSE(options::Set(Option::kSlots, "sometimes"));
    EXPECT_TRUE(options::Set(Option::kOnBadFree, "count"));
    EXPECT_EQ(options::Get(Option::kOnBadFree), kBadFreeCount);
    EXPECT_TRUE(options::Set(Option::kOnBadFree, "abort"));
    EXPECT_EQ(options::Get(Option::kOnBadFree), kBadFreeAbort);
    EXPECT_TRUE(options::Set(Option::kCheck, "on"));
    EXPECT_EQ(options::Get(Option::kCheck), 1);
    EXPECT_TRUE(options::Set(Option::kHugePages, "1"));
    EXPECT_EQ(options::Get(Option::kHugePages), 1);
    EXPECT_FALSE(options::Set(Option::kHugePages, "2"));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsTableTest, AnswersAtTheHardBudgetByTheirNumbers) {
  const ChildEnd end = RunInChild([] {
    EXPECT_TRUE(options::Set(Option::kOnHard, "abort"));
    EXPECT_EQ(options::Get(Option::kOnHard), kOnHardAbort);
    EXPECT_TRUE(options::Set(Option::kOnHard, "ignore"));
    EXPECT_EQ(options::Get(Option::kOnHard), kOnHardIgnore);
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsTableTest, ARefusedValueChangesNothing) {
  const ChildEnd end = RunInChild([] {
    EXPECT_TRUE(options::Set(Option::kReport, "exit"));
    EXPECT_EQ(options::Get(Option::kReport), kReportAtExit);
    EXPECT_FALSE(options::Set(Option::kReport, "sometimes"));
    EXPECT_EQ(options::Get(Option::kReport), kReportAtExit);
    EXPECT_STREQ(options::GetText(Option::kReport), "exit");
    EXPECT_TRUE(options::IsSet(Option::kReport));
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

TEST(OptionsTableTest, NamesAreOursAndDifferent) {
  std::set<std::string> names;
  for (int index = 0; index < kOptions; ++index) {
    const std::string name = options::Spec(static_cast<Option>(index)).name;
    EXPECT_EQ(name.rfind("MEMGOV_", 0), 0U) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(OptionsTableTest, HelpShowsEachOptionInFull) {
  const std::string help = RunInChild([] { options::PrintHelp(); }).error_text;
  EXPECT_EQ(help.rfind("memgov: options, set in the environment of the preloaded program\n", 0), 0U);
  for (int index = 0; index < kOptions; ++index) {
    const OptionSpec& spec = options::Spec(static_cast<Option>(index));
    EXPECT_NE(help.find("  " + std::string(spec.name) + " "), std::string::npos) << spec.name;
    EXPECT_NE(help.find(std::string(spec.help) + "\n"), std::string::npos) << spec.name;
  }
  // Two lines for each: so none was cut.
  EXPECT_EQ(std::count(help.begin(), help.end(), '\n'), 1 + 2 * kOptions);
  EXPECT_EQ(help.back(), '\n');
}

}  // namespace
}  // namespace memgov
