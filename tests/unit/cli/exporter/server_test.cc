#include "governor/cli/exporter/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include "governor/cli/exporter/exposition.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class Running {
 public:
  explicit Running(Scrape scrape) : server_([scrape = std::move(scrape)] { return scrape; }) {
    address_ = {"127.0.0.1", 0};
    bound_ = server_.Bind(&address_);
    if (bound_.ok()) thread_ = std::thread([this] { server_.Run(); });
  }
  ~Running() {
    if (!thread_.joinable()) return;
    server_.Stop();
    thread_.join();
  }
  httplib::Result Get(const char* path, const httplib::Headers& headers = {}) {
    return httplib::Client(address_.host, address_.port).Get(path, headers);
  }
  const Address& address() const { return address_; }

 private:
  ExporterServer server_;
  Address address_;
  absl::Status bound_;
  std::thread thread_;
};

TEST(ExporterServer, ServesThePageAsPrometheusWantsIt) {
  Running server({"memgov_exporter_processes 1\n", 1, {}});
  const httplib::Result result = server.Get("/metrics");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->get_header_value("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(result->body, "memgov_exporter_processes 1\n");
}

TEST(ExporterServer, DoesNotCompressForSeconds) {
  const std::string page(1 << 20, 'x');
  Running server({page, 1, {}});
  const httplib::Result result = server.Get("/metrics", {{"Accept-Encoding", "br, gzip"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->get_header_value("Content-Encoding"), "");
  EXPECT_EQ(result->body, page);
}

TEST(ExporterServer, FrontPageSaysWhatIsNotReadable) {
  Running server({"", 3, {"/run/memgov-0/<b>\x1b[31m.stats: damaged"}});
  const httplib::Result result = server.Get("/");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(result->body, HasSubstr("3 governed processes"));
  EXPECT_THAT(result->body, HasSubstr("&lt;b&gt;\\x1b[31m.stats: damaged"));
  EXPECT_THAT(result->body, Not(HasSubstr("<b>")));
}

TEST(ExporterServer, IsHealthyAndHasNothingElse) {
  Running server({"", 0, {}});
  const httplib::Result healthy = server.Get("/-/healthy");
  ASSERT_TRUE(healthy);
  EXPECT_EQ(healthy->status, 200);
  const httplib::Result other = server.Get("/etc/passwd");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, 404);
}

TEST(ExporterServer, NamesAPortInUse) {
  Running server({"", 0, {}});
  ExporterServer second([] { return Scrape(); });
  Address address = server.address();
  const absl::Status bound = second.Bind(&address);
  EXPECT_TRUE(absl::IsUnavailable(bound)) << bound;
  EXPECT_THAT(std::string(bound.message()), HasSubstr("--listen " + address.Text() + ": the port is in use"));
}

TEST(ExporterServer, NamesAnAddressThatIsNotHere) {
  ExporterServer server([] { return Scrape(); });
  Address address = {"192.0.2.1", 0};  // RFC 5737: nobody's
  const absl::Status bound = server.Bind(&address);
  EXPECT_TRUE(absl::IsInvalidArgument(bound)) << bound;
  EXPECT_THAT(std::string(bound.message()), HasSubstr("192.0.2.1"));
}

TEST(ExporterServer, StopsAtOnceAfterItsStart) {
  for (int round = 0; round < 20; ++round) Running server({"", 0, {}});
}

TEST(ExporterServer, StopsWithAClientThatSaysNothing) {
  Running server({"", 0, {}});
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server.address().port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_TRUE(server.Get("/-/healthy")) << "one that is silent does not keep others waiting";
  shutdown(client, SHUT_WR);
  close(client);
}

}  // namespace
}  // namespace memgov::cli
