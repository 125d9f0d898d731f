#include "governor/cli/frame/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

OptionText Option(std::vector<std::string> names, std::string value, std::string help) {
  OptionText option;
  option.names = std::move(names);
  option.value = std::move(value);
  option.help = std::move(help);
  return option;
}

CommandText Tree() {
  CommandText run;
  run.name = "run";
  run.summary = "Start it: the user's [own]";
  run.options.push_back(Option({"--engine"}, "arena|system", "Which"));
  run.options.back().choices = {"arena", "system"};
  run.options.push_back(Option({"-o", "--output"}, "FILE", "Where"));
  run.options.push_back(Option({"--json"}, "", "As JSON"));
  run.arguments.push_back(Option({}, "CMD", "What"));
  run.arguments.back().repeated = true;
  CommandText stat;
  stat.name = "stat";
  stat.summary = "Figures";
  stat.arguments.push_back(Option({}, "PID", "Which"));
  stat.arguments.back().required = true;
  CommandText hidden;
  hidden.name = "ghost";
  hidden.hidden = true;
  CommandText tool;
  tool.name = "memgov";
  tool.commands = {run, stat, hidden};
  return tool;
}

TEST(BashCompletion, OffersCommandsOptionsAndValues) {
  const std::string script = BashCompletion(Tree());
  EXPECT_THAT(script, HasSubstr("'') _memgov_words 'run stat "));
  EXPECT_THAT(script, HasSubstr("'run --engine') _memgov_words 'arena system'"));
  EXPECT_THAT(script, HasSubstr("'run -o' | 'run --output') _memgov_files"));
  EXPECT_THAT(script, Not(HasSubstr("'run --json')")));
  EXPECT_THAT(script, HasSubstr("_memgov_words '--engine -o --output --json'"));
  EXPECT_THAT(script, HasSubstr("_memgov_words \"$(_memgov_pids)\""));
}

TEST(ZshCompletion, QuotesWhatArgumentsWouldTake) {
  const std::string script = ZshCompletion(Tree());
  EXPECT_THAT(script, HasSubstr("'run:Start it\\: the user'\\''s \\[own\\]'"));
  EXPECT_THAT(script, HasSubstr("'--engine[Which]:arena|system:(arena system)'"));
  EXPECT_THAT(script, HasSubstr("'1:PID:_memgov_pids'"));
  EXPECT_THAT(script, HasSubstr("'(-)1:command:_command_names -e' \\\n          '*::arguments:_normal'"));
  EXPECT_THAT(script, HasSubstr("\n  pids=(${(f)\"$(memgov ps --json 2>/dev/null | grep"));
  EXPECT_THAT(script, Not(HasSubstr("'ghost:")));
}

TEST(FishCompletion, QuotesAndNamesOptions) {
  const std::string script = FishCompletion(Tree());
  EXPECT_THAT(script, HasSubstr("-a run -d 'Start it: the user\\'s [own]'\n"));
  EXPECT_THAT(script, HasSubstr("'__fish_seen_subcommand_from run' -s o -l output -r -F -d 'Where'\n"));
  EXPECT_THAT(script, HasSubstr("-l engine -x -a 'arena system' -d 'Which'\n"));
  EXPECT_THAT(script, HasSubstr("-l json -d 'As JSON'\n"));
  EXPECT_THAT(script, Not(HasSubstr("-a ghost")));
}

}  // namespace
}  // namespace memgov::cli
