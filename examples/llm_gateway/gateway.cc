#include "gateway.h"

#include <sys/socket.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "request_body.h"
#include "request_cost.h"

namespace llm_gateway {
namespace {

constexpr char kHost[] = "127.0.0.1";
constexpr int kBacklog = 1024;

// Lets cpp-httplib use threads that exist before the first connection, and that carry names.
class ExistingThreads : public httplib::TaskQueue {
 public:
  explicit ExistingThreads(ThreadPool& threads) : threads_(threads) {}
  void enqueue(std::function<void()> work) override { threads_.Submit(std::move(work)); }
  void shutdown() override { threads_.Shutdown(); }

 private:
  ThreadPool& threads_;
};

std::string AsEvent(const std::string& text) {
  const nlohmann::json event = {
      {"object", "chat.completion.chunk"},
      {"choices", {{{"index", 0}, {"delta", {{"content", text}}}}}},
  };
  return absl::StrCat("data: ", event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), "\n\n");
}

std::string AsError(const std::string& message, const char* type) {
  return nlohmann::json({{"error", {{"message", message}, {"type", type}}}}).dump();
}

void AnswerThatItIsOverloaded(httplib::Response& response) {
  response.status = 503;
  response.set_header("Retry-After", "1");
  response.set_content(AsError("no memory for this request now: try again", "overloaded"),
                       "application/json");
}

std::string AsCompletion(const std::string& text) {
  const nlohmann::json completion = {
      {"object", "chat.completion"},
      {"choices", {{{"index", 0}, {"message", {{"role", "assistant"}, {"content", text}}}}}},
  };
  return completion.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// `exchange` is held until the last piece is written.
void StreamFrom(AnswerChannel& channel, std::shared_ptr<void> exchange, httplib::Response& response) {
  auto write_next = [&channel](size_t, httplib::DataSink& sink) {
    if (std::optional<std::string> piece = channel.Read()) {
      const std::string event = AsEvent(*piece);
      return sink.write(event.data(), event.size());
    }
    constexpr std::string_view kEnd = "data: [DONE]\n\n";
    sink.write(kEnd.data(), kEnd.size());
    sink.done();
    return true;
  };
  response.set_chunked_content_provider(
      "text/event-stream", write_next,
      [&channel, exchange = std::move(exchange)](bool) { channel.GiveUp(); });
}

}  // namespace

Gateway::Gateway(const GatewayOptions& options)
    : options_(options),
      upstream_(options.latency, options.pieces),
      sessions_(options.cache_bytes),
      admission_(options.admission),
      on_pressure_([this](const memgov_pressure_t& event) { RelievePressure(event); }),
      workers_("parse-pool", options.threads),
      http_threads_("http", options.connections) {
  AddRoutes();
}

Gateway::~Gateway() { Stop(); }

absl::StatusOr<int> Gateway::Bind() {
  server_.set_socket_options([this](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    listening_socket_ = socket;
  });
  int port = options_.port;
  const bool bound =
      port == 0 ? (port = server_.bind_to_any_port(kHost)) > 0 : server_.bind_to_port(kHost, port);
  if (!bound) return absl::UnavailableError(absl::StrCat("cannot listen on ", kHost, ":", options_.port));
  // cpp-httplib listens with a backlog of 5, and a connection refused there waits a second before it tries
  // again.
  ::listen(listening_socket_, kBacklog);
  return port;
}

absl::StatusOr<int> Gateway::Start() {
  absl::StatusOr<int> port = Bind();
  if (!port.ok()) return port;
  server_.new_task_queue = [this] { return new ExistingThreads(http_threads_); };
  acceptor_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "http-accept");
    server_.listen_after_bind();
  });
  while (!server_.is_running()) absl::SleepFor(absl::Milliseconds(1));
  return port;
}

void Gateway::Stop() {
  if (!acceptor_.joinable()) return;
  server_.stop();
  acceptor_.join();
  workers_.Shutdown();
}

void Gateway::AddRoutes() {
  server_.set_tcp_nodelay(true);
  server_.set_keep_alive_max_count(SIZE_MAX);
  server_.set_payload_max_length(options_.body_limit_bytes);
  server_.Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("ok\n", "text/plain");
  });
  server_.Get("/stats", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(ReportAsJson(Counts()), "application/json");
  });
  server_.Post("/v1/chat/completions",
               [this](const httplib::Request& request, httplib::Response& response,
                      const httplib::ContentReader& reader) { Complete(request, response, reader); });
}

GatewayCounts Gateway::Counts() const {
  return {.requests = requests_.load(),
          .refused = refused_.load(),
          .admission = admission_.Counts(),
          .pressure_events = pressure_events_.load(),
          .dropped_bytes = dropped_bytes_.load(),
          .cache = sessions_.Use()};
}

void Gateway::RelievePressure(const memgov_pressure_t& event) {
  if (event.rung == MEMGOV_NORMAL) return;
  const size_t wanted = event.rung == MEMGOV_HARD ? SIZE_MAX : event.want_bytes;
  pressure_events_.fetch_add(1, std::memory_order_relaxed);
  dropped_bytes_.fetch_add(sessions_.DropOldest(wanted), std::memory_order_relaxed);
}

void Gateway::Complete(const httplib::Request& request, httplib::Response& response,
                       const httplib::ContentReader& reader) {
  const size_t expected = BodyBytesOf(request, options_.body_limit_bytes);
  std::optional<AdmissionQueue::Ticket> ticket = admission_.Enter(CostOf(expected));
  if (!ticket) {
    DropBody(request, reader);
    return AnswerThatItIsOverloaded(response);
  }
  std::optional<std::string> body = ReadBody(request, reader, expected);
  if (!body) return;
  Serve(std::shared_ptr<Exchange>(new Exchange{.ticket = *std::move(ticket),
                                               .session = request.get_header_value("X-Session-Id"),
                                               .body = *std::move(body),
                                               .channel = {}}),
        response);
}

void Gateway::Serve(std::shared_ptr<Exchange> exchange, httplib::Response& response) {
  workers_.Submit([this, exchange] { Answer(*exchange); });
  AnswerChannel& channel = exchange->channel;
  const AnswerHead head = channel.WaitForHead();
  if (head.status != 200) {
    response.status = head.status;
    response.set_content(AsError(head.error, "invalid_request_error"), "application/json");
    return;
  }
  if (head.stream) return StreamFrom(channel, std::move(exchange), response);
  std::string text;
  while (std::optional<std::string> piece = channel.Read()) text += *piece;
  response.set_content(AsCompletion(text), "application/json");
}

void Gateway::Answer(Exchange& exchange) {
  requests_.fetch_add(1, std::memory_order_relaxed);
  const absl::StatusOr<ChatRequest> request = [&] {
    memgov::PoolScope scope("json-parse");
    return ChatRequest::Parse(exchange.body);
  }();
  AnswerChannel& channel = exchange.channel;
  if (!request.ok()) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    channel.Begin({.status = 400, .stream = false, .error = std::string(request.status().message())});
  } else {
    channel.Begin({.status = 200, .stream = request->stream(), .error = ""});
    AskAndRemember(*request, exchange.session, channel);
  }
  channel.Finish();
}

void Gateway::AskAndRemember(const ChatRequest& request, const std::string& session, AnswerChannel& channel) {
  const std::string upstream_body = request.ToUpstreamBody(sessions_.LatestAnswer(session));
  std::string answer;
  upstream_.Ask(upstream_body, [&](std::string piece) {
    answer += piece;
    return channel.Write(std::move(piece));
  });
  if (session.empty()) return;
  sessions_.Remember(session, {.question = std::string(request.last_message()), .answer = std::move(answer)});
}

}  // namespace llm_gateway
