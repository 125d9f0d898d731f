#include "governor/cli/launch/script_line.h"

#include <gtest/gtest.h>

namespace memgov::cli {
namespace {

TEST(ScriptLine, InterpreterAndItsOneArgument) {
  const auto line = ParseScriptLine("#! /usr/bin/python3  -u -X dev \necho");
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->interpreter, "/usr/bin/python3");
  EXPECT_EQ(line->argument, "-u -X dev");
}

TEST(ScriptLine, None) {
  EXPECT_FALSE(ParseScriptLine("").has_value());
  EXPECT_FALSE(ParseScriptLine("echo").has_value());
  EXPECT_FALSE(ParseScriptLine("#!").has_value());
  EXPECT_FALSE(ParseScriptLine("#! \t\n/bin/sh").has_value());
}

TEST(ScriptLine, EndsAtTheNulAndAtTheKernelsBound) {
  EXPECT_EQ(ParseScriptLine(std::string_view("#!/bin/sh\0-e", 12))->argument, "");
  EXPECT_EQ(ParseScriptLine("#!" + std::string(1000, 'a'))->interpreter.size(), kScriptLineBytes - 2);
}

std::string OfEnv(const std::string& argument) {
  return ProgramOfEnv({"/usr/bin/env", argument}).value_or("-");
}

TEST(ScriptLine, WhatEnvRuns) {
  EXPECT_EQ(OfEnv("python3"), "python3");
  EXPECT_EQ(OfEnv("-S python3 -u"), "python3");
  EXPECT_EQ(OfEnv("-S PYTHONMALLOC=malloc  python3"), "python3");
  EXPECT_EQ(OfEnv("python3 -u"), "python3 -u");  // one word, as env gets it
}

TEST(ScriptLine, WhatOnlyEnvKnows) {
  EXPECT_EQ(OfEnv(""), "-");
  EXPECT_EQ(OfEnv("-i"), "-");
  EXPECT_EQ(OfEnv("-S -u HOME sh"), "-");
  EXPECT_EQ(OfEnv("A=1"), "-");
  EXPECT_EQ(OfEnv("-S A=1"), "-");
}

}  // namespace
}  // namespace memgov::cli
