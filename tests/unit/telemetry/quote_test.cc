// Any bytes inside quotation marks.
#include "governor/telemetry/quote.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "random.h"

namespace memgov {
namespace {

std::string Json(const std::string& name) {
  TextBuffer<512> out;
  WriteJsonString(name.c_str(), out);
  return std::string(out.data(), out.size());
}

std::string Label(const std::string& name) {
  TextBuffer<512> out;
  WriteLabelValue(name.c_str(), out);
  return std::string(out.data(), out.size());
}

TEST(QuoteTest, Golden) {
  struct {
    const char* name;
    const char* json;
    const char* label;
  } const cases[] = {
      {"", R"("")", R"("")"},
      {"tokio-runtime-w", R"("tokio-runtime-w")", R"("tokio-runtime-w")"},
      {R"(a"b\c)", R"("a\"b\\c")", R"("a\"b\\c")"},
      {"a\nb\x7f", R"("a\u000ab\u007f")", R"("a\\x0ab\\x7f")"},
      {"K\xc3\xb6nig \xe2\x82\xac \xf0\x9f\x98\x80", "\"K\xc3\xb6nig \xe2\x82\xac \xf0\x9f\x98\x80\"",
       "\"K\xc3\xb6nig \xe2\x82\xac \xf0\x9f\x98\x80\""},
      {"cut \xe2\x82", R"("cut \\xe2\\x82")", R"("cut \\xe2\\x82")"},
      {"\xff\xfe", R"("\\xff\\xfe")", R"("\\xff\\xfe")"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Json(one.name), one.json);
    EXPECT_EQ(Label(one.name), one.label);
  }
}

TEST(QuoteTest, Utf8AsRfc3629HasIt) {
  struct {
    const char* text;
    size_t length;
  } const cases[] = {
      {"a", 1},
      {"\xc2\x80", 2},
      {"\xdf\xbf", 2},
      {"\xe0\xa0\x80", 3},
      {"\xed\x9f\xbf", 3},
      {"\xee\x80\x80", 3},
      {"\xf0\x90\x80\x80", 4},
      {"\xf4\x8f\xbf\xbf", 4},
      {"\x80", 0},
      {"\xbf", 0},
      {"\xc0\x80", 0},
      {"\xc1\xbf", 0},
      {"\xe0\x9f\xbf", 0},
      {"\xed\xa0\x80", 0},
      {"\xf0\x8f\xbf\xbf", 0},
      {"\xf4\x90\x80\x80", 0},
      {"\xf5\x80\x80\x80", 0},
      {"\xc2", 0},
      {"\xe2\x82", 0},
      {"\xf0\x9f\x98", 0},
      {"\xc2\xc2", 0},
      {"\xe2\x28\xa1", 0},
      {"\xf0\x9f\x28\x80", 0},
      {"\xf0\x9f\x98\x28", 0},
  };
  for (const auto& one : cases) EXPECT_EQ(Utf8Length(one.text), one.length) << one.text;
}

std::string RandomName(Random& random) {
  std::string name;
  for (size_t length = 1 + random.Below(31); name.size() < length;) {
    // Half of them from the bytes that matter.
    const char* const interesting = "\"\\\n\xc3\xa4\xe2\x82\xac\xf0\x9f\xed";
    name += random.Below(2) == 0 ? interesting[random.Below(11)] : static_cast<char>(1 + random.Below(255));
  }
  return name;
}

// The least reader of the format's escapes; false when the value is not well-formed.
bool IsLabelValue(const std::string& value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return false;
  for (size_t index = 1; index + 1 < value.size(); ++index) {
    const char c = value[index];
    if (c == '"' || c == '\n') return false;
    if (c != '\\') continue;
    const char next = value[++index];
    if (index + 1 >= value.size() || (next != '\\' && next != '"' && next != 'n')) return false;
  }
  return true;
}

TEST(QuoteTest, AnyNameIsValidAndStaysItself) {
  Random random(3);
  std::set<std::string> names, jsons, labels;
  for (int round = 0; round < 20000; ++round) {
    const std::string name = RandomName(random);
    const std::string json = Json(name);
    const nlohmann::json parsed = nlohmann::json::parse(json, nullptr, false);
    ASSERT_TRUE(parsed.is_string()) << json;
    ASSERT_LE(json.size(), 2 + 6 * name.size());
    const std::string label = Label(name);
    ASSERT_TRUE(IsLabelValue(label)) << label;
    ASSERT_TRUE(
        nlohmann::json::parse("\"" + label.substr(1, label.size() - 2) + "\"", nullptr, false).is_string());
    names.insert(name);
    jsons.insert(parsed.get<std::string>());
    labels.insert(label);
  }
  EXPECT_EQ(jsons.size(), names.size());
  EXPECT_EQ(labels.size(), names.size());
}

}  // namespace
}  // namespace memgov
