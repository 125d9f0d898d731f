// A small HTTP service in front of memgov: POST /words answers the number of words and the most frequent one
// of a text, GET /metrics what memgov knows, GET /healthz "ok".
//
// A request is taken on only when memgov admits what it will need. Then it is read, counted in pool "count",
// answered. One that does not fit gets status 503 with Retry-After; its body is read past, never kept.
#ifndef CPP_SERVICE_WORD_SERVICE_H_
#define CPP_SERVICE_WORD_SERVICE_H_

#include <httplib.h>

#include <memgov/memgov.hpp>
#include <string>

#include "answer_cache.h"

namespace cpp_service {

class WordService {
 public:
  WordService();

  // 0 takes a free one. The port, or -1.
  int Bind(const std::string& address, int port);
  // Until Stop.
  void Serve() { server_.listen_after_bind(); }
  // On another thread, once Serve has been called.
  void Stop();

 private:
  void Words(const httplib::Request& request, httplib::Response& response,
             const httplib::ContentReader& read);

  httplib::Server server_;
  AnswerCache cache_{16};
  memgov::PressureCallback on_pressure_;
};

}  // namespace cpp_service

#endif  // CPP_SERVICE_WORD_SERVICE_H_
