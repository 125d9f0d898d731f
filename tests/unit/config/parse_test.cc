#include "governor/config/parse.h"

#include <gtest/gtest.h>

#include <string>

namespace memgov {
namespace {

constexpr int64_t kUntouched = -4711;
constexpr int64_t kBad = kUntouched;
constexpr int64_t kSecond = 1000000000;

struct Case {
  const char* text;
  int64_t value;  // kBad: refused
};

// Refused means: false, and the value left alone.
template <typename Parse>
void Check(const Case& one, Parse parse) {
  int64_t value = kUntouched;
  EXPECT_EQ(parse(one.text, &value), one.value != kBad) << '"' << one.text << '"';
  EXPECT_EQ(value, one.value) << '"' << one.text << '"';
}

TEST(ParseTest, Counts) {
  constexpr Case kCases[] = {{"0", 0},
                             {"007", 7},
                             {"4096", 4096},
                             {"9223372036854775807", INT64_MAX},
                             {"9223372036854775808", kBad},
                             {"18446744073709551616", kBad},
                             {"", kBad},
                             {"-1", kBad},
                             {"+1", kBad},
                             {" 1", kBad},
                             {"1 ", kBad},
                             {"1K", kBad},
                             {"0x10", kBad},
                             {"1.5", kBad},
                             {"1\n", kBad}};
  for (const Case& one : kCases) Check(one, ParseCount);
}

TEST(ParseTest, ByteCounts) {
  constexpr Case kCases[] = {{"0", 0},
                             {"64", 64},
                             {"64b", 64},
                             {"64B", 64},
                             {"1K", 1024},
                             {"1k", 1024},
                             {"1KB", 1024},
                             {"1KiB", 1024},
                             {"1kib", 1024},
                             {"64M", 64 << 20},
                             {"64mb", 64 << 20},
                             {"2G", int64_t{2} << 30},
                             {"3TiB", int64_t{3} << 40},
                             {"0T", 0},
                             {"8388607T", int64_t{8388607} << 40},
                             {"8388608T", kBad},
                             {"9007199254740992K", kBad},
                             {"9223372036854775808", kBad},
                             {"", kBad},
                             {"M", kBad},
                             {"1P", kBad},
                             {"1i", kBad},
                             {"1ib", kBad},
                             {"1Ki", kBad},
                             {"1KK", kBad},
                             {"1Kx", kBad},
                             {"1 K", kBad},
                             {" 1K", kBad},
                             {"1K ", kBad},
                             {"-1K", kBad},
                             {"1.5G", kBad},
                             {"1,000", kBad},
                             {"off", kBad}};
  for (const Case& one : kCases) Check(one, ParseByteCount);
}

TEST(ParseTest, DurationsThatNeedAUnit) {
  constexpr Case kCases[] = {{"0", 0},
                             {"00", 0},
                             {"off", 0},
                             {"OFF", 0},
                             {"5ns", 5},
                             {"5us", 5000},
                             {"5ms", 5000000},
                             {"5s", 5 * kSecond},
                             {"5m", 300 * kSecond},
                             {"5h", 18000 * kSecond},
                             {"0h", 0},
                             {"2562047h", 2562047 * (3600 * kSecond)},
                             {"2562048h", kBad},
                             {"9223372036854775807ns", INT64_MAX},
                             {"9223372036854775808ns", kBad},
                             {"5", kBad},
                             {"", kBad},
                             {"s", kBad},
                             {"5S", kBad},
                             {"5sec", kBad},
                             {"5d", kBad},
                             {"5 s", kBad},
                             {" 5s", kBad},
                             {"5s ", kBad},
                             {"-5s", kBad},
                             {"+5s", kBad},
                             {"1.5s", kBad},
                             {"1m30s", kBad},
                             {"offf", kBad},
                             {"of", kBad},
                             {"on", kBad}};
  for (const Case& one : kCases) {
    Check(one, [](const char* text, int64_t* value) { return ParseDuration(text, 0, value); });
  }
}

TEST(ParseTest, DurationsThatAreMillisecondsWhenBare) {
  constexpr Case kCases[] = {{"0", 0},
                             {"1000", kSecond},
                             {"2s", 2 * kSecond},
                             {"off", 0},
                             {"9223372036854", 9223372036854000000},
                             {"9223372036855", kBad},
                             {"1000 ", kBad},
                             {"-1", kBad}};
  for (const Case& one : kCases) {
    Check(one, [](const char* text, int64_t* value) { return ParseDuration(text, 1000000, value); });
  }
}

TEST(ParseTest, Switches) {
  for (const char* on : {"1", "on", "ON", "yes", "Yes", "true", "TRUE"}) Check({on, 1}, ParseSwitch);
  for (const char* off : {"0", "off", "Off", "no", "NO", "false"}) Check({off, 0}, ParseSwitch);
  for (const char* bad : {"", "2", "-1", "01", "10", "o", "onn", "y", "n", "t", "on ", " on", "enable"}) {
    Check({bad, kBad}, ParseSwitch);
  }
}

TEST(ParseTest, Choices) {
  constexpr Case kCases[] = {{"arena", 0},
                             {"mimalloc", 1},
                             {"system", 2},
                             {"System", 2},
                             {"SYSTEM", 2},
                             {"", kBad},
                             {"aren", kBad},
                             {"arenas", kBad},
                             {"|", kBad},
                             {"a|b", kBad},
                             {"arena|mimalloc", kBad},
                             {"syste", kBad},
                             {" arena", kBad},
                             {"glibc", kBad}};
  for (const Case& one : kCases) {
    Check(one,
          [](const char* text, int64_t* value) { return ParseChoice(text, "arena|mimalloc|system", value); });
  }
  Check({"only", 0}, [](const char* text, int64_t* value) { return ParseChoice(text, "only", value); });
}

constexpr Case kShares[] = {{"1", 1},
                            {"512M", 512 << 20},
                            {"10TB", int64_t{10} << 40},
                            {"1%", -1},
                            {"84%", -84},
                            {"100%", -100},
                            {"007%", -7},
                            {"0", kBad},
                            {"0M", kBad},
                            {"00", kBad},
                            {"-1", kBad},
                            {"1e", kBad},
                            {"12X", kBad},
                            {"0%", kBad},
                            {"101%", kBad},
                            {"200%", kBad},
                            {"18446744073709551617%", kBad},
                            {"-5%", kBad},
                            {"50%%", kBad},
                            {"50 %", kBad},
                            {"50%M", kBad},
                            {"%", kBad},
                            {"", kBad},
                            {"9999999999T", kBad}};

TEST(ParseTest, Shares) {
  for (const Case& one : kShares) Check(one, ParseShare);
  for (const char* word : {"auto", "off"}) Check({word, kBad}, ParseShare);
}

TEST(ParseTest, Budgets) {
  for (const Case& one : kShares) Check(one, ParseBudget);
  for (const char* word : {"auto", "Auto", "AUTO"}) Check({word, kBudgetAuto}, ParseBudget);
  for (const char* word : {"off", "OFF"}) Check({word, kBudgetOff}, ParseBudget);
  for (const char* word : {"aut", "automatic", "none", "on", "no", "auto ", "-"})
    Check({word, kBad}, ParseBudget);
}

TEST(ParseTest, AbsolutePaths) {
  EXPECT_TRUE(IsAbsolutePath("/", 1));
  EXPECT_TRUE(IsAbsolutePath("/run/user/1000", 200));
  EXPECT_TRUE(IsAbsolutePath(("/" + std::string(199, 'd')).c_str(), 200));
  EXPECT_FALSE(IsAbsolutePath(("/" + std::string(200, 'd')).c_str(), 200));
  EXPECT_FALSE(IsAbsolutePath("", 200));
  EXPECT_FALSE(IsAbsolutePath("run", 200));
  EXPECT_FALSE(IsAbsolutePath("./run", 200));
  EXPECT_FALSE(IsAbsolutePath(" /run", 200));
}

TEST(ParseTest, LibraryNames) {
  EXPECT_TRUE(IsLibraryName("libmimalloc.so.3", 200));
  EXPECT_TRUE(IsLibraryName("/opt/lib/libmimalloc.so", 200));
  EXPECT_TRUE(IsLibraryName(std::string(200, 'l').c_str(), 200));
  EXPECT_FALSE(IsLibraryName(std::string(201, 'l').c_str(), 200));
  EXPECT_FALSE(IsLibraryName(("/" + std::string(200, 'l')).c_str(), 200));
  EXPECT_FALSE(IsLibraryName("", 200));
  EXPECT_FALSE(IsLibraryName("lib/libmimalloc.so", 200));
  EXPECT_FALSE(IsLibraryName("./libmimalloc.so", 200));
}

}  // namespace
}  // namespace memgov
