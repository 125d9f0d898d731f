// The clients against a server of a few lines whose answers are known.
#include "overload_client.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace overload {
namespace {

// Serves one connection after the other; each request is read to the end of its body.
class TinyServer {
 public:
  // Answers the request of that number (from 0); empty: closes the connection instead.
  using Answers = std::function<std::string(int number)>;

  explicit TinyServer(Answers answers) : answers_(std::move(answers)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  ~TinyServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  int port() const { return port_; }
  int requests() const { return number_; }

 private:
  void Run() {
    for (int client; (client = accept(listener_, nullptr, nullptr)) >= 0; close(client)) {
      while (ReadRequest(client)) {
        const std::string answer = answers_(number_++);
        if (answer.empty()) break;
        send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
    }
  }
  static bool ReadRequest(int client) {
    std::string text;
    char buffer[4096];
    size_t whole = SIZE_MAX;
    while (text.size() < whole) {
      const ssize_t got = recv(client, buffer, sizeof buffer, 0);
      if (got <= 0) return false;
      text.append(buffer, static_cast<size_t>(got));
      const size_t head = text.find("\r\n\r\n");
      const size_t length = text.find("Content-Length: ");
      if (head != std::string::npos) whole = head + 4 + std::stoul(text.substr(length + 16));
    }
    return true;
  }

  const int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const Answers answers_;
  std::atomic<int> number_{0};
  int port_ = 0;
  std::thread thread_;
};

constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr char kRefused[] = "HTTP/1.1 503 No\r\nretry-after: 1\r\nContent-Length: 2\r\n\r\nno";
constexpr char kMute[] = "HTTP/1.1 503 No\r\nContent-Length: 14\r\n\r\nRetry-After: 1";

ClientPlan OneClient(const TinyServer& server) {
  ClientPlan plan;
  plan.port = server.port();
  plan.sizes = {.smallest = 1000, .largest = 1000};
  plan.connections = 1;
  plan.seconds = 30;  // ended by the number of answers
  plan.refused_wait_seconds = 0.01;
  return plan;
}

// Ends the load when the server has had that many requests.
OverloadTick Until(const TinyServer& server, int requests) {
  return [&server, requests](double) { return server.requests() < requests; };
}

TEST(OverloadClient, SortsAnswers) {
  const TinyServer server([](int number) -> std::string {
    if (number % 4 == 0) return kOk;
    if (number % 4 == 1) return kRefused;
    if (number % 4 == 2) return kMute;
    return "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n";
  });
  const auto result = RunOverload(OneClient(server), Until(server, 40));
  ASSERT_TRUE(result.ok());
  EXPECT_GE(result->ok_ms.size(), 10u);
  EXPECT_EQ(result->ok_in_time, result->ok_ms.size());
  EXPECT_GE(result->refused, 19u);
  EXPECT_NEAR(static_cast<double>(result->refused_mutely), static_cast<double>(result->refused) / 2, 1);
  EXPECT_GE(result->other_status, 9u);
  EXPECT_LE(result->unanswered, 1u);  // the one that was under way
  EXPECT_EQ(result->first_failure, "status 400");
}

TEST(OverloadClient, WhoIsCutOffCountsAndComesBack) {
  const TinyServer server([](int number) -> std::string { return number % 2 == 0 ? "" : kOk; });
  const auto result = RunOverload(OneClient(server), Until(server, 20));
  ASSERT_TRUE(result.ok());
  EXPECT_GE(result->unanswered, 10u);
  EXPECT_GE(result->ok_ms.size(), 9u);
}

TEST(OverloadClient, ObeysRetryAfter) {
  const TinyServer server([](int) -> std::string { return kRefused; });
  ClientPlan plan = OneClient(server);
  plan.seconds = 0.5;
  plan.obey_retry_after = true;
  const auto result = RunOverload(plan, [](double) { return true; });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->refused, 1u);  // the next one is due after a second
}

TEST(OverloadClient, NobodyThereIsAnError) {
  ClientPlan plan;
  plan.port = 1;
  plan.sizes = {.smallest = 1000, .largest = 1000};
  EXPECT_FALSE(RunOverload(plan, [](double) { return true; }).ok());
}

}  // namespace
}  // namespace overload
