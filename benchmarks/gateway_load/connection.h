// Connection: one keep-alive connection that sends one request at a time and reads its response, never
// blocking.
//
// Safety: one thread; the request's body must outlive its response.
#ifndef BENCHMARKS_GATEWAY_LOAD_CONNECTION_H_
#define BENCHMARKS_GATEWAY_LOAD_CONNECTION_H_

#include <string>

#include "absl/status/status.h"
#include "request_maker.h"
#include "response_parser.h"

namespace gateway_load {

class Connection {
 public:
  explicit Connection(int port) : port_(port) {}
  ~Connection() { Close(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Connects to 127.0.0.1 (this does block: for the time loopback takes).
  absl::Status Open();
  void Close();

  void Begin(Request request);

  // Sends what the socket takes. OK also when some is left: see `sending`.
  absl::Status Send();
  // Reads what has arrived. OK also when the response is incomplete: see `answered`.
  absl::Status Receive();

  int socket() const { return socket_; }
  bool connected() const { return socket_ >= 0; }
  bool sending() const { return sent_ < request_.head.size() + request_.body.size(); }
  bool answered() const { return parser_.done(); }
  bool busy() const { return busy_; }
  double begun() const { return begun_; }
  int status() const { return parser_.status(); }
  bool keeps_connection() const { return parser_.keeps_connection(); }
  // Ready for the next Begin.
  void EndRequest() { busy_ = false; }

 private:
  int port_;
  int socket_ = -1;
  Request request_;
  size_t sent_ = 0;
  ResponseParser parser_;
  bool busy_ = false;
  double begun_ = 0;
};

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_CONNECTION_H_
