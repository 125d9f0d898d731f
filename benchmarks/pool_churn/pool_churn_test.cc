#include <gtest/gtest.h>

#include "body.h"
#include "buffer.h"
#include "document.h"
#include "latencies.h"
#include "plan.h"
#include "request.h"

namespace pool_churn {
namespace {

constexpr size_t kBodyBytes = 50 << 10;

size_t Values(const Value& value) {
  size_t values = 1;
  for (const auto& [key, member] : value.members) values += Values(*member);
  return values;
}

TEST(MakeBody, IsTheSameForTheSameSeedAndOfTheSizeAsked) {
  const std::string body = MakeBody(kBodyBytes, 1);
  EXPECT_EQ(body, MakeBody(kBodyBytes, 1));
  EXPECT_NE(body, MakeBody(kBodyBytes, 2));
  EXPECT_GE(body.size(), kBodyBytes);
  EXPECT_LE(body.size(), kBodyBytes + 3072);
}

TEST(Parse, TakesTheWholeBodyApart) {
  const std::string body = MakeBody(kBodyBytes, 1);
  const Document document = Parse(body);
  ASSERT_EQ(document->members.size(), 3u);
  EXPECT_EQ(document->members[1].first, "messages");
  EXPECT_EQ(document->members[1].second->members[0].second->members[1].first, "content");
  EXPECT_GT(Values(*document), 500u);
  // Texts and keys are most of a body; tags, lengths and numbers are the rest.
  EXPECT_GT(Flatten(*document).size(), body.size() * 3 / 4);
  EXPECT_LT(Flatten(*document).size(), body.size());
}

TEST(Parse, StopsAtABodyThatIsCutOff) {
  const std::string body = MakeBody(kBodyBytes, 1);
  EXPECT_DEATH(Parse(std::string_view(body).substr(0, body.size() - 1)), "");
}

TEST(Buffer, DoublesUntilTheMessageIsRead) {
  const std::string message(10000, 'm');
  Buffer buffer;
  EXPECT_FALSE(buffer.ReadOnce(message));
  EXPECT_EQ(buffer.content().size(), 4096u);
  EXPECT_FALSE(buffer.ReadOnce(message));
  EXPECT_TRUE(buffer.ReadOnce(message));
  EXPECT_EQ(buffer.content(), message);
}

TEST(RequestList, IsFirstInFirstOut) {
  Request one;
  Request two;
  RequestList list;
  list.Push(&one);
  list.Push(&two);
  EXPECT_EQ(list.Pop(), &one);
  EXPECT_EQ(list.Pop(), &two);
  EXPECT_EQ(list.Pop(), nullptr);
  list.Push(&two);
  EXPECT_EQ(list.Pop(), &two);
  EXPECT_TRUE(list.empty());
}

TEST(Plan, EndsByCountOrByTime) {
  Plan by_count({.seconds = 0, .requests = 2, .rate = 0});
  EXPECT_EQ(by_count.Next()->number, 0u);
  EXPECT_EQ(by_count.Next()->number, 1u);
  EXPECT_FALSE(by_count.Next().has_value());
  Plan by_time({.seconds = 0, .requests = 0, .rate = 0});
  EXPECT_FALSE(by_time.Next().has_value());
}

TEST(Plan, SpreadsRequestsAtARate) {
  Plan plan({.seconds = 0.05, .requests = 0, .rate = 100});
  for (int64_t number = 0; number < 5; ++number) {
    EXPECT_EQ(plan.Next()->due_ns - plan.started_ns(), number * 10'000'000);
  }
  EXPECT_FALSE(plan.Next().has_value());
}

TEST(Latencies, GivesPercentilesToAStep) {
  static Latencies latencies;
  EXPECT_EQ(latencies.PercentileMs(50), 0);
  for (int64_t milliseconds = 1; milliseconds <= 100; ++milliseconds) latencies.Add(milliseconds * 1'000'000);
  latencies.Add(int64_t{3600} * 1'000'000'000);
  EXPECT_EQ(latencies.total(), 101u);
  EXPECT_NEAR(latencies.PercentileMs(50), 51, 0.5);
  EXPECT_NEAR(latencies.PercentileMs(100), 10'000, 1);
  latencies.Clear();
  EXPECT_EQ(latencies.total(), 0u);
  EXPECT_EQ(latencies.PercentileMs(99), 0);
}

}  // namespace
}  // namespace pool_churn
