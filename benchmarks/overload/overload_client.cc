#include "overload_client.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <random>

#include "absl/strings/str_cat.h"
#include "client.h"
#include "clock.h"

namespace overload {
namespace {

using gateway_load::Now;

constexpr double kTickSeconds = 0.05;
constexpr double kAnswerSeconds = 30;
constexpr double kLongestRetryAfter = 10;
constexpr int kNiceness = -10;
constexpr int kPaceMilliseconds = 2;  // how exactly waits are kept

class Load {
 public:
  explicit Load(const ClientPlan& plan)
      : plan_(plan), requests_(plan.path, plan.sizes), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Load() { close(epoll_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  absl::Status ConnectFirst();
  ClientResult Run(const OverloadTick& tick);

 private:
  bool Over() const { return stopped_ || Now() >= started_ + plan_.seconds; }
  void BeginThoseDue();
  void Begin(Client& client);
  void Turn();
  void Serve(Client& client, uint32_t events);
  void Finish(Client& client);
  void Refuse(Client& client);
  void Break(Client& client, absl::string_view why);
  void GiveUpOn(double begun_before, absl::string_view why);
  void WaitAbout(Client& client, double seconds, double least_factor);
  void Watch(Client& client, int operation);

  const ClientPlan plan_;
  gateway_load::RequestMaker requests_;
  const int epoll_;
  std::minstd_rand random_{1};
  std::vector<std::unique_ptr<Client>> clients_;
  ClientResult result_;
  double started_ = 0;
  bool stopped_ = false;
  int busy_ = 0;
};

// The others connect with their first request: a server may close a connection that is idle for too long.
absl::Status Load::ConnectFirst() {
  for (int i = 0; i < plan_.connections; ++i) clients_.push_back(std::make_unique<Client>(plan_.port));
  if (absl::Status status = clients_.front()->connection().Open(); !status.ok()) return status;
  Watch(*clients_.front(), EPOLL_CTL_ADD);
  return absl::OkStatus();
}

ClientResult Load::Run(const OverloadTick& tick) {
  started_ = Now();
  double next_tick = started_;
  while (!Over() || busy_ > 0) {
    BeginThoseDue();
    Turn();
    if (Now() < next_tick) continue;
    next_tick = Now() + kTickSeconds;
    GiveUpOn(Now() - kAnswerSeconds, absl::StrCat("no answer within ", kAnswerSeconds, " s"));
    if (stopped_ || tick(Now() - started_)) continue;
    stopped_ = true;
    result_.seconds = Now() - started_;
    GiveUpOn(Now(), "the load was ended");
  }
  result_.seconds = stopped_ ? std::min(result_.seconds, plan_.seconds) : plan_.seconds;
  return std::move(result_);
}

void Load::BeginThoseDue() {
  for (auto& client : clients_) {
    if (Over()) return;
    if (client->Waits() && Now() >= client->due()) Begin(*client);
  }
}

void Load::Begin(Client& client) {
  if (!client.connection().connected()) {
    if (!client.connection().Open().ok()) return WaitAbout(client, plan_.refused_wait_seconds, 0.5);
    Watch(client, EPOLL_CTL_ADD);
  }
  ++busy_;
  client.Begin(requests_.Next());
  if (absl::Status status = client.connection().Send(); !status.ok()) return Break(client, status.ToString());
  if (client.connection().sending()) Watch(client, EPOLL_CTL_MOD);
}

void Load::Turn() {
  epoll_event events[64];
  const int count = epoll_wait(epoll_, events, 64, kPaceMilliseconds);
  for (int i = 0; i < count; ++i) Serve(*static_cast<Client*>(events[i].data.ptr), events[i].events);
}

void Load::Serve(Client& client, uint32_t events) {
  gateway_load::Connection& connection = client.connection();
  if (!connection.busy()) return connection.Close();  // by the server, between requests
  // What has arrived comes first: a server may refuse before it has read all.
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    if (absl::Status status = client.Receive(); !status.ok()) return Break(client, status.ToString());
    if (connection.answered()) return Finish(client);
  }
  if (!connection.sending() || (events & EPOLLOUT) == 0) return;
  if (absl::Status status = connection.Send(); !status.ok()) return Break(client, status.ToString());
  if (!connection.sending()) Watch(client, EPOLL_CTL_MOD);
}

void Load::Finish(Client& client) {
  gateway_load::Connection& connection = client.connection();
  --busy_;
  const bool reusable = connection.keeps_connection() && !connection.sending();
  connection.EndRequest();
  if (!reusable) connection.Close();
  if (connection.status() == 503) return Refuse(client);
  if (connection.status() == 200) {
    result_.ok_ms.push_back((Now() - connection.begun()) * 1000);
    if (!Over()) ++result_.ok_in_time;
    client.WaitUntil(0);
    return;
  }
  ++result_.other_status;
  if (result_.first_failure.empty()) result_.first_failure = absl::StrCat("status ", connection.status());
  WaitAbout(client, plan_.refused_wait_seconds, 0.5);
}

void Load::Refuse(Client& client) {
  ++result_.refused;
  const std::optional<double> retry_after = client.RetryAfter();
  if (!retry_after) ++result_.refused_mutely;
  if (plan_.obey_retry_after && retry_after) {
    return WaitAbout(client, std::min(*retry_after, kLongestRetryAfter), 1);
  }
  WaitAbout(client, plan_.refused_wait_seconds, 0.5);
}

void Load::Break(Client& client, absl::string_view why) {
  --busy_;
  ++result_.unanswered;
  if (result_.first_failure.empty()) result_.first_failure = std::string(why);
  client.connection().Close();
  WaitAbout(client, plan_.refused_wait_seconds, 0.5);
}

void Load::GiveUpOn(double begun_before, absl::string_view why) {
  for (auto& client : clients_) {
    if (!client->Waits() && client->connection().begun() < begun_before) Break(*client, why);
  }
}

void Load::WaitAbout(Client& client, double seconds, double least_factor) {
  client.WaitUntil(Now() + seconds * std::uniform_real_distribution<>(least_factor, 1.5)(random_));
}

void Load::Watch(Client& client, int operation) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (client.connection().busy() && client.connection().sending()) event.events |= EPOLLOUT;
  event.data.ptr = &client;
  epoll_ctl(epoll_, operation, client.connection().socket(), &event);
}

// Real clients have processors of their own. Where this is not allowed they share the server's as equals.
class Precedence {
 public:
  Precedence() { setpriority(PRIO_PROCESS, 0, kNiceness); }
  ~Precedence() { setpriority(PRIO_PROCESS, 0, before_); }  // a server started later inherits it
  Precedence(const Precedence&) = delete;
  Precedence& operator=(const Precedence&) = delete;

 private:
  const int before_ = getpriority(PRIO_PROCESS, 0);
};

}  // namespace

absl::StatusOr<ClientResult> RunOverload(const ClientPlan& plan, const OverloadTick& tick) {
  const Precedence precedence;
  Load load(plan);
  if (absl::Status status = load.ConnectFirst(); !status.ok()) return status;
  return load.Run(tick);
}

}  // namespace overload
