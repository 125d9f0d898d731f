#include "request_maker.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

namespace gateway_load {
namespace {

TEST(RequestMaker, BodiesAreChatRequestsOfTheSizeAskedFor) {
  for (size_t bytes : {1024, 16 << 10, 200 << 10}) {
    const std::string body = RequestMaker::MakeBody(bytes, 3);
    EXPECT_NEAR(static_cast<double>(body.size()), static_cast<double>(bytes),
                0.1 * static_cast<double>(bytes));
    const nlohmann::json document = nlohmann::json::parse(body);
    EXPECT_TRUE(document["stream"].get<bool>());
    EXPECT_GE(document["messages"].size(), 1u);
  }
}

TEST(RequestMaker, TheSameSeedGivesTheSameBody) {
  EXPECT_EQ(RequestMaker::MakeBody(5000, 1), RequestMaker::MakeBody(5000, 1));
  EXPECT_NE(RequestMaker::MakeBody(5000, 1), RequestMaker::MakeBody(5000, 2));
}

TEST(RequestMaker, ARangeIsCoveredFromEndToEnd) {
  RequestMaker maker("/x", {.smallest = 1 << 10, .largest = 64 << 10});
  size_t small = 0;
  size_t large = 0;
  for (int i = 0; i < 32; ++i) {
    const Request request = maker.Next();
    if (request.body.size() < (2 << 10)) ++small;
    if (request.body.size() > (32 << 10)) ++large;
  }
  EXPECT_GT(small, 2u);
  EXPECT_GT(large, 2u);
}

TEST(RequestMaker, HeadsNameLengthAndSession) {
  RequestMaker maker("/v1/chat", {.smallest = 1000, .largest = 1000});
  std::set<std::string> heads;
  for (int i = 0; i < 100; ++i) {
    const Request request = maker.Next();
    EXPECT_EQ(request.head.rfind("POST /v1/chat HTTP/1.1\r\n", 0), 0u);
    EXPECT_NE(request.head.find("Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n"),
              std::string::npos);
    heads.insert(request.head.substr(request.head.find("X-Session-Id")));
  }
  EXPECT_GT(heads.size(), 90u);
}

}  // namespace
}  // namespace gateway_load
