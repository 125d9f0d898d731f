#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "governor/cli/exporter/address.h"
#include "governor/cli/exporter/exporter.h"

namespace memgov::cli {
namespace {

using testing::HasSubstr;

TEST(ParseAddress, TakesAddressAndPort) {
  for (const auto& [text, host, port, shown] :
       {std::tuple{"127.0.0.1:10646", "127.0.0.1", 10646, "127.0.0.1:10646"},
        std::tuple{"[::1]:9", "::1", 9, "[::1]:9"}, std::tuple{"localhost:0", "localhost", 0, "localhost:0"},
        std::tuple{":65535", "0.0.0.0", 65535, "0.0.0.0:65535"}}) {
    const absl::StatusOr<Address> address = ParseAddress(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(address->host, host);
    EXPECT_EQ(address->port, port);
    EXPECT_EQ(address->Text(), shown);
  }
}

TEST(ParseAddress, NamesWhatIsWrong) {
  for (const char* text :
       {"", "10646", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:65536", "::1:9",
        "[x]:9", "[]:9", "127.0.0.1:99999999999999999999", "http://127.0.0.1:9/x"}) {
    const absl::StatusOr<Address> address = ParseAddress(text);
    ASSERT_TRUE(absl::IsInvalidArgument(address.status())) << text;
    EXPECT_THAT(std::string(address.status().message()),
                HasSubstr("--listen: \"" + std::string(text) + "\""));
  }
}

TEST(ParseAddress, TheDefaultIsAnAddress) {
  const absl::StatusOr<Address> address = ParseAddress(kDefaultListen);
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "127.0.0.1");
}

TEST(CheckHost, RefusesWhatIsNoAddress) {
  EXPECT_TRUE(CheckHost({"127.0.0.1", 0}).ok());
  const absl::Status refused = CheckHost({"300.1.2.3", 0});
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("300.1.2.3"));
}

TEST(RunExporter, RefusesOptionsThatDoNotGoTogether) {
  ExporterOptions options;
  options.once = true;
  options.listen = kDefaultListen;
  EXPECT_EQ(RunExporter(options), kUsage);
  options = {};
  options.interval = "5s";
  EXPECT_EQ(RunExporter(options), kUsage);
  options.textfile = "/nowhere/at/all.prom";
  options.interval = "0";
  EXPECT_EQ(RunExporter(options), kUsage);
}

TEST(RunExporter, RefusesATextfileThatNobodyWouldRead) {
  ExporterOptions options;
  options.once = true;
  for (const char* name : {"page.txt", "memgov.prom.txt", "prom", "memgov.prom/"}) {
    options.textfile = testing::TempDir() + name;
    testing::internal::CaptureStderr();
    EXPECT_EQ(RunExporter(options), kUsage) << name;
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "memgov: --textfile " + options.textfile +
                  ": node_exporter reads only files whose names end in .prom\n");
    EXPECT_FALSE(std::filesystem::exists(options.textfile));
  }
}

}  // namespace
}  // namespace memgov::cli
