#include "client.h"

#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clock.h"
#include "connection.h"

namespace gateway_load {
namespace {

constexpr double kProgressSeconds = 0.5;
constexpr double kRequestTimeoutSeconds = 30;
// How exactly a rate is kept.
constexpr int kPaceMilliseconds = 1;
// A server that refuses everything must not be asked for ever.
constexpr uint64_t kMostErrors = 1000;

double CpuSecondsOfThisThread() {
  timespec used;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

class Load {
 public:
  Load(const LoadPlan& plan, RequestMaker& requests)
      : plan_(plan), requests_(requests), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Load() { close(epoll_); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  absl::Status Connect();
  LoadResult Run(const LoadProgress& progress);

 private:
  bool Over() const;
  // Also: when, at the plan's rate, the next request is due.
  bool MayBegin() const;
  void BeginThoseDue();
  void Begin(Connection& connection);
  void Serve(Connection& connection, uint32_t events);
  void Finish(Connection& connection);
  void Fail(Connection& connection, const std::string& why);
  void Watch(Connection& connection, int operation);
  void FailSlowOnes();
  void Turn(int timeout_ms);

  const LoadPlan plan_;
  RequestMaker& requests_;
  const int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  LoadResult result_;
  uint64_t begun_ = 0;
  int busy_ = 0;
};

absl::Status Load::Connect() {
  for (int i = 0; i < plan_.concurrency; ++i) {
    connections_.push_back(std::make_unique<Connection>(plan_.port));
    if (absl::Status status = connections_.back()->Open(); !status.ok()) return status;
    Watch(*connections_.back(), EPOLL_CTL_ADD);
  }
  return absl::OkStatus();
}

LoadResult Load::Run(const LoadProgress& progress) {
  const double cpu_before = CpuSecondsOfThisThread();
  result_.started = Now();
  double next_progress = result_.started + kProgressSeconds;
  const bool paced = plan_.rate > 0;
  BeginThoseDue();
  while (busy_ > 0 || (paced && !Over())) {
    Turn(paced ? kPaceMilliseconds : static_cast<int>(kProgressSeconds * 1000));
    if (paced) BeginThoseDue();
    if (Now() < next_progress) continue;
    progress(Now() - result_.started, result_.latencies_ms.size());
    FailSlowOnes();
    next_progress = Now() + kProgressSeconds;
  }
  result_.finished = Now();
  result_.client_cpu_seconds = CpuSecondsOfThisThread() - cpu_before;
  return std::move(result_);
}

void Load::Turn(int timeout_ms) {
  epoll_event events[64];
  const int count = epoll_wait(epoll_, events, 64, timeout_ms);
  for (int i = 0; i < count; ++i) {
    Serve(*static_cast<Connection*>(events[i].data.ptr), events[i].events);
  }
}

bool Load::Over() const {
  if (result_.errors >= kMostErrors) return true;
  return plan_.requests > 0 ? begun_ >= plan_.requests : Now() >= result_.started + plan_.seconds;
}

bool Load::MayBegin() const {
  if (Over()) return false;
  return plan_.rate == 0 || static_cast<double>(begun_) <= (Now() - result_.started) * plan_.rate;
}

void Load::BeginThoseDue() {
  for (auto& connection : connections_) {
    if (!MayBegin()) return;
    if (!connection->busy() && connection->connected()) Begin(*connection);
  }
}

void Load::Begin(Connection& connection) {
  ++begun_;
  ++busy_;
  connection.Begin(requests_.Next());
  if (absl::Status status = connection.Send(); !status.ok()) return Fail(connection, status.ToString());
  if (connection.sending()) Watch(connection, EPOLL_CTL_MOD);
}

void Load::Serve(Connection& connection, uint32_t events) {
  if (!connection.busy()) return Watch(connection, EPOLL_CTL_DEL);  // closed by the server between requests
  if (connection.sending() && (events & EPOLLOUT)) {
    if (absl::Status status = connection.Send(); !status.ok()) return Fail(connection, status.ToString());
    if (!connection.sending()) Watch(connection, EPOLL_CTL_MOD);
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
  if (absl::Status status = connection.Receive(); !status.ok()) return Fail(connection, status.ToString());
  if (connection.answered()) Finish(connection);
}

void Load::Finish(Connection& connection) {
  if (connection.status() != 200) return Fail(connection, absl::StrCat("status ", connection.status()));
  result_.latencies_ms.push_back((Now() - connection.begun()) * 1000);
  connection.EndRequest();
  --busy_;
  if (!MayBegin()) return;
  if (!connection.keeps_connection()) {
    if (absl::Status status = connection.Open(); !status.ok()) return;
    Watch(connection, EPOLL_CTL_ADD);
  }
  Begin(connection);
}

void Load::Fail(Connection& connection, const std::string& why) {
  ++result_.errors;
  if (result_.first_error.empty()) result_.first_error = why;
  connection.Close();
  --busy_;
  if (!MayBegin() || !connection.Open().ok()) return;
  Watch(connection, EPOLL_CTL_ADD);
  Begin(connection);
}

void Load::FailSlowOnes() {
  const double oldest = Now() - kRequestTimeoutSeconds;
  for (auto& connection : connections_) {
    if (connection->busy() && connection->begun() < oldest) {
      Fail(*connection, absl::StrCat("no answer within ", kRequestTimeoutSeconds, " s"));
    }
  }
}

void Load::Watch(Connection& connection, int operation) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (connection.busy() && connection.sending()) event.events |= EPOLLOUT;
  event.data.ptr = &connection;
  epoll_ctl(epoll_, operation, connection.socket(), &event);
}

}  // namespace

double LoadResult::RequestsPerSecond() const {
  const double seconds = finished - started;
  return seconds > 0 ? static_cast<double>(latencies_ms.size()) / seconds : 0;
}

absl::StatusOr<LoadResult> RunLoad(const LoadPlan& plan, RequestMaker& requests,
                                   const LoadProgress& progress) {
  Load load(plan, requests);
  if (absl::Status status = load.Connect(); !status.ok()) return status;
  return load.Run(progress);
}

}  // namespace gateway_load
