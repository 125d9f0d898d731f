#include "chat_request.h"

#include <gtest/gtest.h>

namespace llm_gateway {
namespace {

TEST(ChatRequest, TakesWhatAClientSends) {
  const auto request = ChatRequest::Parse(
      R"({"stream":true,"messages":[{"role":"system","content":"be brief"},{"role":"user","content":"why?"}]})");
  ASSERT_TRUE(request.ok());
  EXPECT_TRUE(request->stream());
  EXPECT_EQ(request->last_message(), "why?");
  EXPECT_FALSE(ChatRequest::Parse(R"({"messages":[{"role":"user","content":""}]})")->stream());
}

TEST(ChatRequest, SaysWhatIsWrong) {
  const struct {
    const char* body;
    const char* message;
  } wrong[] = {
      {"", "the body is not JSON"},
      {"{\"messages\":[", "the body is not JSON"},
      {"\xff", "the body is not JSON"},
      {"[]", "the body is not a JSON object"},
      {"{}", "'messages' must be an array with at least one message"},
      {R"({"messages":[]})", "'messages' must be an array with at least one message"},
      {R"({"messages":[1]})", "every message needs a 'role' and a 'content', both strings"},
      {R"({"messages":[{"role":"user","content":7}]})",
       "every message needs a 'role' and a 'content', both strings"},
      {R"({"stream":1,"messages":[{"role":"user","content":""}]})", "'stream' must be true or false"},
  };
  for (const auto& [body, message] : wrong)
    EXPECT_EQ(ChatRequest::Parse(body).status().message(), message) << body;
}

TEST(ChatRequest, GoesUpstreamWithTheEarlierAnswer) {
  const auto request = ChatRequest::Parse(R"({"messages":[{"role":"user","content":"a"}]})");
  const auto alone = nlohmann::json::parse(request->ToUpstreamBody(""));
  EXPECT_EQ(alone["messages"][0]["content"], "a");
  const auto both = nlohmann::json::parse(request->ToUpstreamBody("\"quoted\" \xff"));
  EXPECT_EQ(both["request"], alone);
  EXPECT_EQ(both["earlier"].get<std::string>().rfind("\"quoted\" ", 0), 0u);
}

}  // namespace
}  // namespace llm_gateway
