#include "gateway.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "fake_memgov.h"

namespace llm_gateway {
namespace {

constexpr char kPath[] = "/v1/chat/completions";
constexpr char kQuestion[] = R"({"messages":[{"role":"user","content":"what is memory?"}]})";
constexpr char kStreamed[] = R"({"stream":true,"messages":[{"role":"user","content":"what is memory?"}]})";

GatewayOptions SmallOptions() {
  return {.port = 0,
          .connections = 16,
          .threads = 8,
          .cache_bytes = 1 << 20,
          .body_limit_bytes = 64 << 10,
          .latency = {.mean = absl::Milliseconds(4), .jitter = absl::Milliseconds(2)},
          .pieces = 4,
          .admission = {}};
}

class GatewayTest : public testing::Test {
 protected:
  void SetUp() override {
    fake_memgov::Reset();
    const absl::StatusOr<int> port = gateway_.Start();
    ASSERT_TRUE(port.ok());
    port_ = *port;
  }
  httplib::Client Client() const {
    httplib::Client client("127.0.0.1", port_);
    client.set_keep_alive(true);
    return client;
  }
  nlohmann::json Stats() const { return nlohmann::json::parse(Client().Get("/stats")->body); }

  Gateway gateway_{SmallOptions()};
  int port_ = 0;
};

TEST_F(GatewayTest, AnswersWhole) {
  httplib::Client client = Client();
  const httplib::Result result = client.Post(kPath, kQuestion, "application/json");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  const nlohmann::json answer = nlohmann::json::parse(result->body);
  EXPECT_FALSE(answer["choices"][0]["message"]["content"].get<std::string>().empty());
}

TEST_F(GatewayTest, AnswersInEventsThatEnd) {
  httplib::Client client = Client();
  const httplib::Result result = client.Post(kPath, kStreamed, "application/json");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->get_header_value("Transfer-Encoding"), "chunked");
  EXPECT_EQ(result->get_header_value("Content-Type"), "text/event-stream");
  EXPECT_TRUE(absl::StartsWith(result->body, "data: {")) << result->body;
  EXPECT_TRUE(absl::EndsWith(result->body, "\n\ndata: [DONE]\n\n")) << result->body;
}

TEST_F(GatewayTest, RefusesBadBodiesAndLivesOn) {
  httplib::Client client = Client();
  EXPECT_EQ(client.Post(kPath, "{", "application/json")->status, 400);
  EXPECT_EQ(client.Post(kPath, "{}", "application/json")->status, 400);
  EXPECT_EQ(Client().Post(kPath, std::string(65 << 10, ' '), "application/json")->status, 413);
  EXPECT_EQ(Client().Get("/nothing")->status, 404);
  EXPECT_EQ(Client().Post(kPath, kQuestion, "application/json")->status, 200);
  EXPECT_EQ(Stats()["refused"], 2);
  EXPECT_EQ(Stats()["requests"], 3);
}

TEST_F(GatewayTest, RemembersASession) {
  httplib::Client client = Client();
  const httplib::Headers session = {{"X-Session-Id", "s"}};
  const std::string first = client.Post(kPath, session, kQuestion, "application/json")->body;
  const std::string second = client.Post(kPath, session, kQuestion, "application/json")->body;
  EXPECT_NE(first, second) << "the second answer is made from the first one too";
  EXPECT_EQ(Stats()["cache"]["sessions"], 1);
  EXPECT_GT(Stats()["cache"]["bytes"], 0);
}

TEST_F(GatewayTest, ServesManyAtOnce) {
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 12; ++i) {
    clients.emplace_back([this, &good] {
      httplib::Client client = Client();
      for (int request = 0; request < 10; ++request) {
        const httplib::Result result = client.Post(kPath, kStreamed, "application/json");
        if (result && result->status == 200) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 120);
}

TEST_F(GatewayTest, OutlivesClientsThatLeaveInMidAnswer) {
  for (int i = 0; i < 20; ++i) {
    httplib::Client client = Client();
    httplib::Request request;
    request.method = "POST";
    request.path = kPath;
    request.body = kStreamed;
    request.content_receiver = [](const char*, size_t, uint64_t, uint64_t) { return false; };
    EXPECT_FALSE(client.send(request));
  }
  EXPECT_EQ(Client().Get("/healthz")->status, 200);
  gateway_.Stop();
}

TEST_F(GatewayTest, APortInUseIsAnError) {
  GatewayOptions same_port = SmallOptions();
  same_port.port = port_;
  EXPECT_EQ(Gateway(same_port).Start().status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace llm_gateway
