// Gateway: takes chat completions over HTTP, parses each in a pool of worker threads, asks upstream, streams
// the answer back and remembers the turn.
//
//   HTTP thread (one per connection): asks for admission, reads the body, waits, writes the pieces
//   worker: parses -> asks upstream, blocked, with the parsed document held -> remembers the turn
//   memgov's thread, under pressure: drops the sessions unused longest
//
// Safety: Start and Stop from one thread.
// Assumptions: cpp-httplib serves a connection on one thread until it closes, so there are as many HTTP
// threads as connections to be served at once; further ones wait in its queue.
#ifndef EXAMPLES_LLM_GATEWAY_GATEWAY_H_
#define EXAMPLES_LLM_GATEWAY_GATEWAY_H_

#include <httplib.h>

#include <atomic>
#include <memgov/memgov.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/statusor.h"
#include "admission_queue.h"
#include "answer_channel.h"
#include "chat_request.h"
#include "fake_upstream.h"
#include "gateway_report.h"
#include "session_cache.h"
#include "thread_pool.h"

namespace llm_gateway {

struct GatewayOptions {
  int port = 0;  // 0: a free one
  int connections = 128;
  int threads = 148;
  size_t cache_bytes = 0;
  size_t body_limit_bytes = 0;
  UpstreamLatency latency;
  int pieces = 16;
  AdmissionOptions admission = {};
};

class Gateway {
 public:
  explicit Gateway(const GatewayOptions& options);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Binds 127.0.0.1 and serves; every thread exists and connections are taken when it returns the port.
  absl::StatusOr<int> Start();

  // Answers what is being served, then joins all threads.
  void Stop();

 private:
  // What one admitted request holds until it is answered and remembered.
  struct Exchange {
    AdmissionQueue::Ticket ticket;
    std::string session;
    std::string body;
    AnswerChannel channel;
  };

  absl::StatusOr<int> Bind();
  void AddRoutes();
  GatewayCounts Counts() const;
  void RelievePressure(const memgov_pressure_t& event);
  void Complete(const httplib::Request& request, httplib::Response& response,
                const httplib::ContentReader& reader);
  void Serve(std::shared_ptr<Exchange> exchange, httplib::Response& response);
  // On a worker.
  void Answer(Exchange& exchange);
  void AskAndRemember(const ChatRequest& request, const std::string& session, AnswerChannel& channel);

  const GatewayOptions options_;
  FakeUpstream upstream_;
  SessionCache sessions_;
  AdmissionQueue admission_;
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> refused_{0};
  std::atomic<uint64_t> pressure_events_{0};
  std::atomic<uint64_t> dropped_bytes_{0};
  memgov::PressureCallback on_pressure_;  // what it touches stands above: it must outlive the callback
  ThreadPool workers_;
  ThreadPool http_threads_;
  httplib::Server server_;
  int listening_socket_ = -1;
  std::thread acceptor_;
};

}  // namespace llm_gateway

#endif  // EXAMPLES_LLM_GATEWAY_GATEWAY_H_
