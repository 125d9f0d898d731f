#include "governor/cli/exporter/server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "governor/cli/exporter/exposition.h"
#include "governor/cli/frame/html.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

constexpr int kPatienceS = 2;                 // with a client that does not finish its request
constexpr size_t kMostRequestBody = 4 << 10;  // nothing here takes one

std::string FrontPage(const Scrape& scrape) {
  std::string page = absl::StrCat(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>memgov exporter</title></head>"
      "<body><h1>memgov exporter</h1><p><a href=\"/metrics\">/metrics</a>: ",
      scrape.processes, " governed processes. <a href=\"/-/healthy\">/-/healthy</a></p>");
  if (!scrape.problems.empty()) absl::StrAppend(&page, "<h2>Not readable</h2><ul>");
  for (const std::string& problem : scrape.problems) absl::StrAppend(&page, "<li>", Html(problem), "</li>");
  if (!scrape.problems.empty()) absl::StrAppend(&page, "</ul>");
  return page + "</body></html>\n";
}

// With a known length, which httplib sends as it is: the bodies that it gets whole it compresses with
// whatever the client accepts, and brotli takes seconds for a page of megabytes.
void Answer(httplib::Response& response, std::string text, const char* type) {
  auto kept = std::make_shared<const std::string>(std::move(text));
  response.set_content_provider(kept->size(), type,
                                [kept](size_t offset, size_t length, httplib::DataSink& out) {
                                  return out.write(kept->data() + offset, length);
                                });
}

absl::Status BindError(const Address& address, int error) {
  const std::string what = absl::StrCat("--listen ", Printable(address.Text()), ": ");
  switch (error) {
    case EADDRINUSE:
      return absl::UnavailableError(absl::StrCat(what, "the port is in use; name another one, or 0 for any"));
    case EADDRNOTAVAIL:
      return absl::InvalidArgumentError(absl::StrCat(what, "not an address of this machine"));
    case EACCES:
      return absl::PermissionDeniedError(
          absl::StrCat(what, "not permitted; ports from 1024 on need no right"));
    default:
      return absl::UnavailableError(absl::StrCat(what, error != 0 ? std::strerror(error) : "cannot listen"));
  }
}

}  // namespace

struct ExporterServer::State {
  httplib::Server http;
  std::function<Scrape()> scrape;
  std::mutex one_at_a_time;
  std::atomic<bool> ended{false};

  Scrape Take() {
    const std::lock_guard lock(one_at_a_time);
    return scrape();
  }
};

ExporterServer::ExporterServer(std::function<Scrape()> scrape) : state_(std::make_unique<State>()) {
  State* const state = state_.get();
  state->scrape = std::move(scrape);
  httplib::Server& http = state->http;
  // httplib's own choice, SO_REUSEPORT, would let two exporters share a port.
  http.set_socket_options([](int descriptor) {
    const int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  // A connection that is kept would keep one of few threads, and Stop waiting.
  http.set_keep_alive_max_count(1);
  http.set_read_timeout(kPatienceS);
  http.set_write_timeout(kPatienceS);
  http.set_payload_max_length(kMostRequestBody);
  http.set_default_headers({{"X-Content-Type-Options", "nosniff"},
                            {"Content-Security-Policy", "default-src 'none'"},
                            {"Cache-Control", "no-store"}});
  http.Get("/metrics", [state](const httplib::Request&, httplib::Response& response) {
    Answer(response, state->Take().text, Exposition::kContentType);
  });
  http.Get("/", [state](const httplib::Request&, httplib::Response& response) {
    Answer(response, FrontPage(state->Take()), "text/html; charset=utf-8");
  });
  http.Get("/-/healthy", [](const httplib::Request&, httplib::Response& response) {
    Answer(response, "ok\n", "text/plain; charset=utf-8");
  });
}

ExporterServer::~ExporterServer() = default;

absl::Status ExporterServer::Bind(Address* address) {
  if (const absl::Status host = CheckHost(*address); !host.ok()) return host;
  errno = 0;
  if (address->port == 0) {
    const int port = state_->http.bind_to_any_port(address->host);
    if (port <= 0) return BindError(*address, errno);
    address->port = port;
    return absl::OkStatus();
  }
  if (!state_->http.bind_to_port(address->host, address->port)) return BindError(*address, errno);
  return absl::OkStatus();
}

void ExporterServer::Run() {
  state_->http.listen_after_bind();
  state_->ended = true;
}

void ExporterServer::Stop() {
  // httplib forgets a stop that comes before it is running.
  while (!state_->http.is_running() && !state_->ended) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  state_->http.stop();
}

}  // namespace memgov::cli
