// Random texts against every parser: no crash, no read beyond the end (each text has a heap block of its own
// size, which AddressSanitizer guards), and what is accepted is what the header promises.
#include <gtest/gtest.h>

#include <cctype>
#include <string>

#include "governor/config/options.h"
#include "governor/config/parse.h"
#include "governor/config/pool_rules.h"
#include "random.h"
#include "unit/child.h"

namespace memgov {
namespace {

constexpr int kRounds = 200000;
constexpr int64_t kUntouched = -4711;

// Mostly what options are made of; now and then any byte.
std::string RandomText(Random& random) {
  static const std::string kLetters =
      "0123456789012345678901234567890KkMmGgTtBbiIsunhmofyeatruls-+ =;*?|.@%%";
  std::string text(random.Below(24), ' ');
  for (char& c : text) {
    c = random.Below(50) == 0 ? static_cast<char>(1 + random.Below(255))
                              : kLetters[random.Below(kLetters.size())];
  }
  return text;
}

// Half of the texts begin with a few digits, or hardly any would parse.
std::string RandomNumber(Random& random) {
  std::string text = RandomText(random);
  if (random.Below(2) == 0) return text;
  return std::to_string(random.Next() >> random.Below(64)) + text.substr(0, random.Below(3));
}

std::string TakeDigits(const std::string& text) {
  size_t length = 0;
  while (length < text.size() && std::isdigit(static_cast<unsigned char>(text[length]))) ++length;
  return text.substr(0, length);
}

template <typename Parse>
int CountAccepted(uint64_t seed, Parse parse) {
  Random random(seed);
  int accepted = 0;
  for (int round = 0; round < kRounds && !testing::Test::HasFailure(); ++round) {
    const std::string text = RandomNumber(random);
    int64_t value = kUntouched;
    const bool good = parse(text, &value);
    accepted += good;
    if (good) {
      EXPECT_GE(value, 0) << text;
    } else {
      EXPECT_EQ(value, kUntouched) << text;
    }
  }
  return accepted;
}

TEST(ParseFuzzTest, Counts) {
  const int accepted = CountAccepted(1, [](const std::string& text, int64_t* value) {
    const bool good = ParseCount(text.c_str(), value);
    if (good) {
      EXPECT_EQ(TakeDigits(text), text);
      EXPECT_EQ(std::stoull(text), static_cast<uint64_t>(*value));
    }
    return good;
  });
  EXPECT_GT(accepted, 1000);
}

TEST(ParseFuzzTest, ByteCountsAreTheirDigitsTimesAPowerOf1024) {
  const int accepted = CountAccepted(2, [](const std::string& text, int64_t* value) {
    const bool good = ParseByteCount(text.c_str(), value);
    if (good) {
      const uint64_t digits = std::stoull(TakeDigits(text));
      bool fits = false;
      for (int shift = 0; shift <= 40; shift += 10) {
        fits |= (digits << shift) >> shift == digits && digits << shift == static_cast<uint64_t>(*value);
      }
      EXPECT_TRUE(fits) << text << " gave " << *value;
    }
    return good;
  });
  EXPECT_GT(accepted, 1000);
}

TEST(ParseFuzzTest, DurationsAreMultiplesOfTheirDigits) {
  for (const int64_t bare_unit : {0, 1000000}) {
    const int accepted = CountAccepted(3, [&](const std::string& text, int64_t* value) {
      const bool good = ParseDuration(text.c_str(), bare_unit, value);
      if (good && !TakeDigits(text).empty()) {
        const uint64_t digits = std::stoull(TakeDigits(text));
        EXPECT_TRUE(digits == 0 ? *value == 0 : static_cast<uint64_t>(*value) % digits == 0) << text;
        EXPECT_LE(digits, static_cast<uint64_t>(*value)) << text;
      }
      return good;
    });
    EXPECT_GT(accepted, 1000);
  }
}

// Bytes as ParseByteCount reads them, or percent.
bool IsShareOf(const std::string& text, int64_t value) {
  int64_t bytes = 0;
  if (value > 0) return ParseByteCount(text.c_str(), &bytes) && bytes == value;
  return value >= -100 && value < 0 && text == TakeDigits(text) + "%" &&
         std::stoull(text) == static_cast<uint64_t>(-value);
}

TEST(ParseFuzzTest, BudgetsAreBytesOrPercent) {
  Random random(8);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string text = RandomNumber(random);
    if (random.Below(4) == 0) text = std::to_string(random.Below(130)) + "%";
    int64_t share = kUntouched;
    int64_t budget = kUntouched;
    const bool good = ParseShare(text.c_str(), &share);
    ASSERT_EQ(ParseBudget(text.c_str(), &budget), good) << text;  // no random text here is "auto" or "off"
    ASSERT_EQ(share, budget) << text;
    ASSERT_TRUE(good ? IsShareOf(text, share) : share == kUntouched) << text;
    accepted += good;
  }
  EXPECT_GT(accepted, 1000);
}

TEST(ParseFuzzTest, Paths) {
  Random random(9);
  for (int round = 0; round < kRounds; ++round) {
    std::string text = RandomText(random);
    if (random.Below(2) == 0) text.insert(0, "/");
    const size_t most = random.Below(24);
    ASSERT_EQ(IsAbsolutePath(text.c_str(), most), text[0] == '/' && text.size() <= most) << text;
  }
}

TEST(ParseFuzzTest, SwitchesAndChoicesStayInRange) {
  CountAccepted(4, [](const std::string& text, int64_t* value) {
    const bool good = ParseSwitch(text.c_str(), value);
    EXPECT_TRUE(!good || *value <= 1) << text;
    return good;
  });
  CountAccepted(5, [](const std::string& text, int64_t* value) {
    const bool good = ParseChoice(text.c_str(), "arena|mimalloc|system|0|1", value);
    EXPECT_TRUE(!good || *value <= 4) << text;
    return good;
  });
}

// Every accepted list splits into parts of the promised form.
TEST(ParseFuzzTest, PoolRules) {
  Random random(6);
  int accepted = 0;
  int with_budget = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::string text(random.Below(12), ' ');
    for (char& c : text) c = "ab*=;:2M"[random.Below(8)];
    if (random.Below(2) == 0) text += ":2M";
    if (!IsPoolRules(text.c_str())) continue;
    ++accepted;
    size_t at = 0;
    while (at < text.size()) {
      const size_t end = std::min(text.find(';', at), text.size());
      const std::string part = text.substr(at, end - at);
      const size_t equals = part.find('=');
      ASSERT_NE(equals, std::string::npos) << text;
      EXPECT_GT(equals, 0U) << text;
      EXPECT_EQ(part.find('=', equals + 1), std::string::npos) << text;
      const size_t colon = std::min(part.find(':', equals), part.size());
      EXPECT_LT(equals + 1, colon) << text;
      int64_t budget = 0;
      EXPECT_TRUE(colon == part.size() || ParseByteCount(part.c_str() + colon + 1, &budget)) << text;
      EXPECT_TRUE(colon == part.size() || budget >= kLeastPoolBudget) << text;
      with_budget += colon != part.size();
      at = end + 1;
    }
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(with_budget, 1000);
}

TEST(ParseFuzzTest, OptionsTakeOrRefuseAndStayInRange) {
  const ChildEnd end = RunInChild([] {
    Random random(7);
    for (int round = 0; round < kRounds; ++round) {
      const Option option = static_cast<Option>(random.Below(static_cast<uint64_t>(Option::kCount)));
      const OptionSpec& spec = options::Spec(option);
      if (spec.type == OptionType::kRules || spec.type == OptionType::kFault) continue;
      const std::string text = RandomNumber(random);
      const int64_t before = options::Get(option);
      if (!options::Set(option, text.c_str())) {
        ASSERT_EQ(options::Get(option), before) << spec.name << "=" << text;
        continue;
      }
      const int64_t value = options::Get(option);
      EXPECT_TRUE(value <= 0 || value >= spec.least) << spec.name << "=" << text;
      EXPECT_TRUE(spec.most == 0 || value <= spec.most) << spec.name << "=" << text;
    }
  });
  EXPECT_EQ(end.status, 0) << end.error_text;
}

}  // namespace
}  // namespace memgov
