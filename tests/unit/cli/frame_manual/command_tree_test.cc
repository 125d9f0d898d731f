#include "governor/cli/frame/command_tree.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace memgov::cli {
namespace {

class CommandTree : public ::testing::Test {
 protected:
  void SetUp() override {
    CLI::App* run = tool_.add_subcommand("run", "Start a program");
    run->add_option("-b,--budget", budget_, "How much")->type_name("BYTES")->capture_default_str();
    run->add_option("--engine", engine_, "Which")->check(CLI::IsMember({"arena", "system"}))->required();
    run->add_option("--output", output_, "Where")->check(CLI::NonexistentPath);
    run->add_flag("--json", json_, "As JSON");
    run->add_option("command", command_, "What")->required();
    run->add_option("--secret", secret_, "Not for --help")->group("");
    tool_.add_subcommand("manual", "Hidden")->group("");
  }

  std::string budget_ = "1G", engine_, output_, secret_;
  std::vector<std::string> command_;
  bool json_ = false;
  CLI::App tool_{"A tool.", "memgov"};
};

TEST_F(CommandTree, HasWhatHelpHas) {
  const CommandText tree = ReadTree(tool_);
  EXPECT_EQ(tree.name, "memgov");
  EXPECT_EQ(tree.summary, "A tool.");
  ASSERT_EQ(tree.commands.size(), 2u);
  EXPECT_FALSE(tree.commands[0].hidden);
  EXPECT_TRUE(tree.commands[1].hidden);
  const CommandText& run = tree.commands[0];
  EXPECT_EQ(run.summary, "Start a program");
  ASSERT_EQ(run.options.size(), 5u);  // with --help
  EXPECT_EQ(run.options[1].names, (std::vector<std::string>{"-b", "--budget"}));
  EXPECT_EQ(run.options[1].value, "BYTES");
  EXPECT_EQ(run.options[1].default_text, "1G");
  EXPECT_EQ(run.options[2].choices, (std::vector<std::string>{"arena", "system"}));
  EXPECT_TRUE(run.options[2].required);
  EXPECT_EQ(KindOf(run.options[3]), ValueKind::kFile);
  EXPECT_EQ(run.options[4].value, "");
}

TEST_F(CommandTree, ArgumentsByTheirPlace) {
  const CommandText tree = ReadTree(tool_);
  ASSERT_EQ(tree.commands[0].arguments.size(), 1u);
  const OptionText& argument = tree.commands[0].arguments[0];
  EXPECT_EQ(argument.value, "COMMAND");
  EXPECT_TRUE(argument.names.empty());
  EXPECT_TRUE(argument.repeated);
  EXPECT_EQ(KindOf(argument), ValueKind::kCommand);
}

TEST(ValueKinds, ByName) {
  OptionText option;
  option.value = "pid";
  EXPECT_EQ(KindOf(option), ValueKind::kProcess);
  option.value = "FILE|PID";
  EXPECT_EQ(KindOf(option), ValueKind::kFileOrProcess);
  option.value = "BYTES";
  EXPECT_EQ(KindOf(option), ValueKind::kOther);
}

}  // namespace
}  // namespace memgov::cli
