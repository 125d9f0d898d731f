#include "response_parser.h"

#include <gtest/gtest.h>

namespace gateway_load {
namespace {

constexpr char kPlain[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr char kChunked[] =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;note=1\r\n world\r\n0\r\n\r\n";

TEST(ResponseParser, TakesAResponseOfKnownLength) {
  ResponseParser parser;
  parser.Feed(kPlain);
  EXPECT_TRUE(parser.done());
  EXPECT_EQ(parser.status(), 200);
  EXPECT_EQ(parser.content_bytes(), 5u);
}

TEST(ResponseParser, TakesAChunkedResponse) {
  ResponseParser parser;
  parser.Feed(kChunked);
  EXPECT_TRUE(parser.done());
  EXPECT_EQ(parser.content_bytes(), 11u);
}

TEST(ResponseParser, TakesThemByteByByte) {
  for (absl::string_view response : {absl::string_view(kPlain), absl::string_view(kChunked)}) {
    ResponseParser parser;
    for (size_t i = 0; i < response.size(); ++i) {
      EXPECT_FALSE(parser.done()) << i;
      parser.Feed(response.substr(i, 1));
    }
    EXPECT_TRUE(parser.done());
  }
}

TEST(ResponseParser, IsReadyForAnotherAfterReset) {
  ResponseParser parser;
  parser.Feed(kPlain);
  parser.Reset();
  parser.Feed("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(parser.done());
  EXPECT_EQ(parser.status(), 503);
  EXPECT_FALSE(parser.keeps_connection());
}

TEST(ResponseParser, RefusesWhatHasNoEndOrIsNotHttp) {
  for (const char* wrong :
       {"SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"}) {
    ResponseParser parser;
    parser.Feed(wrong);
    EXPECT_TRUE(parser.malformed()) << wrong;
  }
}

TEST(ResponseParser, RefusesBytesNobodyAskedFor) {
  ResponseParser parser;
  parser.Feed(std::string(kPlain) + "x");
  EXPECT_TRUE(parser.malformed());
}

}  // namespace
}  // namespace gateway_load
