#include "governor/control/requests.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace memgov::control {
namespace {

std::string Answer(const std::string& request) {
  std::vector<char> out(kAnswerBytes);
  return std::string(out.data(), AnswerRequest(request.data(), request.size(), out.data()));
}

Outcome Write(const std::string& text, bool ok, char* out, size_t capacity) {
  memcpy(out, text.data(), std::min(text.size(), capacity));
  return {ok, text.size()};
}

Outcome Echo(const char* argument, char* out, size_t capacity) {
  return Write(std::string("<") + argument + ">", true, out, capacity);
}
Outcome Refuse(const char* argument, char* out, size_t capacity) {
  return Write(std::string("not\n") + argument, false, out, capacity);
}
Outcome Overflow(const char*, char* out, size_t capacity) {
  return Write(std::string(capacity + 1, 'x'), true, out, capacity);
}
Outcome Fill(const char*, char* out, size_t capacity) {
  return Write(std::string(capacity, 'x'), true, out, capacity);
}

class RequestsTest : public testing::Test {
 protected:
  void TearDown() override {
    for (int request = 0; request < static_cast<int>(Request::kCount); ++request)
      SetHandler(static_cast<Request>(request), nullptr);
  }
};

TEST_F(RequestsTest, EachWordHasItsHandler) {
  constexpr const char* kWords[] = {"json", "prometheus", "config", "classes", "refresh"};
  for (int index = 0; index < 5; ++index) {
    SetHandler(static_cast<Request>(index), Echo);
    EXPECT_EQ(Answer(kWords[index]), "ok <>");
    EXPECT_EQ(Answer(std::string(kWords[index]) + "\n"), "ok <>") << "as a shell sends it";
  }
  SetHandler(Request::kRelease, Echo);
  EXPECT_EQ(Answer("release all"), "ok <all>");
  SetHandler(Request::kSet, Echo);
  EXPECT_EQ(Answer("set idle_ms=5 =x "), "ok <idle_ms=5 =x >");
}

TEST_F(RequestsTest, NobodyKnows) {
  EXPECT_EQ(Answer("classes"), "error this process has no answer to that");
}

TEST_F(RequestsTest, WhatIsNoRequest) {
  const std::string unknown =
      "error no such request; there are json prometheus config classes refresh release set";
  for (const char* text : {"", "\n", "hello", "jsonx", "JSON", " json", "GET / HTTP/1.1"})
    EXPECT_EQ(Answer(text), unknown) << text;
  const std::string no_text = "error a request is one line of text";
  EXPECT_EQ(Answer("json\n\n"), no_text);
  EXPECT_EQ(Answer(std::string("json\0", 5)), no_text);
  EXPECT_EQ(Answer("set \x1b[2J=1"), no_text);
}

TEST_F(RequestsTest, Arguments) {
  SetHandler(Request::kJson, Echo);
  SetHandler(Request::kSet, Echo);
  EXPECT_EQ(Answer("json all"), "error json takes no argument");
  EXPECT_EQ(Answer("set"), "error set takes NAME=VALUE");
  EXPECT_EQ(Answer("set "), "error set takes NAME=VALUE");
  EXPECT_EQ(Answer("release"), "error release takes all or bytes");
}

TEST_F(RequestsTest, Bounds) {
  SetHandler(Request::kSet, Echo);
  const std::string longest = "set " + std::string(kMostRequestBytes - 4, 'x');
  EXPECT_EQ(Answer(longest).size(), longest.size() + 1);
  EXPECT_EQ(Answer(longest + "x"), "error a request has at most 256 bytes");
  SetHandler(Request::kJson, Fill);
  EXPECT_EQ(Answer("json").size(), kAnswerBytes);
  SetHandler(Request::kJson, Overflow);
  EXPECT_EQ(Answer("json"), "error the answer is too long");
}

TEST_F(RequestsTest, ARefusalIsOneLine) {
  SetHandler(Request::kSet, Refuse);
  EXPECT_EQ(Answer("set a"), "error not?a");
}

}  // namespace
}  // namespace memgov::control
