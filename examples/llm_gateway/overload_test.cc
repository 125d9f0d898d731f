// The gateway under a memgov that has no room: who is refused gets a whole answer, and the connection lives
// on.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "fake_memgov.h"
#include "gateway.h"
#include "request_cost.h"

namespace llm_gateway {
namespace {

constexpr char kPath[] = "/v1/chat/completions";
constexpr size_t kBodyLimit = 1 << 20;

std::string Body(size_t bytes) {
  return R"({"messages":[{"role":"user","content":")" + std::string(bytes, 'q') + R"("}]})";
}

class OverloadTest : public testing::Test {
 protected:
  void Start(AdmissionOptions admission) {
    gateway_ = std::make_unique<Gateway>(
        GatewayOptions{.port = 0,
                       .connections = 8,
                       .threads = 4,
                       .cache_bytes = 1 << 20,
                       .body_limit_bytes = kBodyLimit,
                       .latency = {.mean = absl::Milliseconds(2), .jitter = absl::ZeroDuration()},
                       .pieces = 4,
                       .admission = admission});
    const absl::StatusOr<int> port = gateway_->Start();
    ASSERT_TRUE(port.ok());
    port_ = *port;
  }
  httplib::Client Client() const {
    httplib::Client client("127.0.0.1", port_);
    client.set_keep_alive(true);
    return client;
  }
  nlohmann::json Stats() const { return nlohmann::json::parse(Client().Get("/stats")->body); }
  // A reservation is given back a moment after its answer was written.
  static void WaitUntilNothingIsAdmitted() {
    while (fake_memgov::AdmittedBytes() > 0) absl::SleepFor(absl::Milliseconds(1));
  }

  std::unique_ptr<Gateway> gateway_;
  int port_ = 0;
};

AdmissionOptions NoWaiting() {
  return {.ask = true,
          .most_waiting = 0,
          .longest_wait = absl::ZeroDuration(),
          .ask_again = absl::Milliseconds(1)};
}

void ExpectOverloaded(const httplib::Result& result) {
  ASSERT_TRUE(result) << to_string(result.error());
  EXPECT_EQ(result->status, 503);
  EXPECT_EQ(result->get_header_value("Retry-After"), "1");
  EXPECT_EQ(nlohmann::json::parse(result->body)["error"]["type"], "overloaded");
}

TEST_F(OverloadTest, AsksForWhatTheBodyWillCost) {
  const std::string body = Body(100'000);
  fake_memgov::Reset(CostOf(body.size()));
  Start(NoWaiting());
  EXPECT_EQ(Client().Post(kPath, body, "application/json")->status, 200);
  WaitUntilNothingIsAdmitted();
  ExpectOverloaded(Client().Post(kPath, Body(100'001), "application/json"));
  EXPECT_EQ(Stats()["admission"]["admitted"], 1);
  EXPECT_EQ(Stats()["admission"]["rejected"], 1);
}

TEST_F(OverloadTest, ARefusedBodyIsTakenOffTheConnection) {
  fake_memgov::Reset(0);
  Start(NoWaiting());
  httplib::Client client = Client();
  ExpectOverloaded(client.Post(kPath, Body(700'000), "application/json"));
  ExpectOverloaded(client.Post(kPath, Body(10), "application/json"));
  fake_memgov::SetRoom(SIZE_MAX);
  EXPECT_EQ(client.Post(kPath, Body(10), "application/json")->status, 200);
  EXPECT_EQ(Stats()["requests"], 1);
}

TEST_F(OverloadTest, ABodyOfUnknownLengthIsAskedForAsTheLongest) {
  fake_memgov::Reset(CostOf(kBodyLimit) - 1);
  Start(NoWaiting());
  httplib::Client client = Client();
  bool sent = false;
  const auto in_chunks = [&sent](size_t, httplib::DataSink& sink) {
    const std::string body = Body(10);
    if (!sent) sink.write(body.data(), body.size());
    sent = true;
    sink.done();
    return true;
  };
  ExpectOverloaded(client.Post(kPath, in_chunks, "application/json"));
  fake_memgov::SetRoom(CostOf(kBodyLimit));
  sent = false;
  EXPECT_EQ(client.Post(kPath, in_chunks, "application/json")->status, 200);
}

TEST_F(OverloadTest, ATooLongBodyIsNotServedWhateverTheRoom) {
  fake_memgov::Reset();
  Start(NoWaiting());
  EXPECT_EQ(Client().Post(kPath, Body(kBodyLimit), "application/json")->status, 413);
  EXPECT_EQ(fake_memgov::AdmittedBytes(), 0u);
}

TEST_F(OverloadTest, AFormIsNoJsonAndEndsCleanly) {
  fake_memgov::Reset();
  Start(NoWaiting());
  httplib::Client client = Client();
  const httplib::MultipartFormDataItems form = {{"a", std::string(50'000, 'b'), "", ""}};
  EXPECT_EQ(client.Post(kPath, form)->status, 400);
  EXPECT_EQ(client.Post(kPath, Body(10), "application/json")->status, 200);
}

TEST_F(OverloadTest, ADeferredRequestIsServedWhenThereIsRoom) {
  fake_memgov::Reset(0);
  Start({.ask = true,
         .most_waiting = 4,
         .longest_wait = absl::Seconds(60),
         .ask_again = absl::Milliseconds(1)});
  std::thread client([this] { EXPECT_EQ(Client().Post(kPath, Body(10), "application/json")->status, 200); });
  while (Stats()["admission"]["waiting"] != 1) absl::SleepFor(absl::Milliseconds(1));
  fake_memgov::SetRoom(SIZE_MAX);
  client.join();
  EXPECT_EQ(Stats()["admission"]["deferred"], 1);
  EXPECT_EQ(Stats()["admission"]["rejected"], 0);
  EXPECT_EQ(Stats()["memgov"]["budget"]["rung"], "normal");
}

TEST_F(OverloadTest, ClientsThatLeaveGiveTheirRoomBack) {
  fake_memgov::Reset();
  Start(NoWaiting());
  for (int i = 0; i < 10; ++i) {
    httplib::Client client = Client();
    httplib::Request request;
    request.method = "POST";
    request.path = kPath;
    request.body = R"({"stream":true,"messages":[{"role":"user","content":"what is memory?"}]})";
    request.content_receiver = [](const char*, size_t, uint64_t, uint64_t) { return false; };
    EXPECT_FALSE(client.send(request));
  }
  WaitUntilNothingIsAdmitted();
}

TEST_F(OverloadTest, PressureDropsTheSessionCache) {
  fake_memgov::Reset();
  Start(NoWaiting());
  for (const char* session : {"a", "b", "c"}) {
    const httplib::Headers headers = {{"X-Session-Id", session}};
    EXPECT_EQ(Client().Post(kPath, headers, Body(1000), "application/json")->status, 200);
  }
  while (Stats()["cache"]["sessions"] != 3) absl::SleepFor(absl::Milliseconds(1));
  fake_memgov::Press(MEMGOV_NORMAL, 0);
  EXPECT_EQ(Stats()["cache"]["sessions"], 3);
  fake_memgov::Press(MEMGOV_SOFT, 1);
  EXPECT_EQ(Stats()["cache"]["sessions"], 2);
  fake_memgov::Press(MEMGOV_HARD, 1);
  EXPECT_EQ(Stats()["cache"]["sessions"], 0);
  EXPECT_EQ(Stats()["pressure"]["events"], 2);
  EXPECT_GT(Stats()["pressure"]["dropped_bytes"], 3000);
  EXPECT_TRUE(fake_memgov::HasCallback());
  gateway_.reset();
  EXPECT_FALSE(fake_memgov::HasCallback());
}

}  // namespace
}  // namespace llm_gateway
