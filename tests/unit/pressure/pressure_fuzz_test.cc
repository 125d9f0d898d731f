// Valid texts, damaged in a few places, against every parser; the same ones in every run.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "random.h"
#include "unit/pressure/parser_checks.h"

namespace memgov {
namespace {

constexpr int kRounds = 100000;

using Texts = std::vector<std::string>;

std::string Damage(Random& random, std::string text) {
  static const std::string kLetters = "0123456789 :=,/-\\.\nmaxsometotalanon";
  for (uint64_t left = random.Below(4); left > 0 && !text.empty(); --left) {
    const size_t at = random.Below(text.size());
    const char letter = random.Below(4) == 0 ? static_cast<char>(1 + random.Below(255))
                                             : kLetters[random.Below(kLetters.size())];
    switch (random.Below(5)) {
      case 0:
        text[at] = letter;
        break;
      case 1:
        text.insert(at, 1, letter);
        break;
      case 2:
        text.erase(at, 1 + random.Below(4));
        break;
      case 3:
        text.insert(at, text.substr(random.Below(text.size()), random.Below(12)));
        break;
      default:
        text.resize(at);
    }
  }
  return text;
}

// Both are to happen often: or the texts would test one half of a parser only.
template <typename Check>
void ExpectBoth(uint64_t seed, const Texts& texts, Check check) {
  Random random(seed);
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    accepted += check(Damage(random, texts[random.Below(texts.size())]));
  }
  EXPECT_GT(accepted, kRounds / 20);
  EXPECT_LT(accepted, kRounds - kRounds / 20);
}

TEST(PressureFuzzTest, Numbers) {
  ExpectBoth(1,
             {"max\n", "268435456\n", "9223372036854771712\n", "0\n", "anon 4096\nfile 8192\nslab 12\n",
              "file 1\nanon 18446744073709551615", "some avg10=0.12 avg60=0.00 avg300=0.00 total=1234\n",
              "low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\n"},
             CheckNumbers);
}

TEST(PressureFuzzTest, LinesOfProcSelfCgroup) {
  ExpectBoth(2,
             {"0::/", "0::/system.slice/api.service", "4:memory:/docker/6ae1", "5:cpu,memory,hugetlb:/a:b",
              "9:name=systemd:/", "0::/../x/../y"},
             CheckCgroupLine);
}

TEST(PressureFuzzTest, LinesOfMountinfo) {
  ExpectBoth(3,
             {"41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:9 master:3 - cgroup2 cgroup2 rw,nsdelegate",
              "35 31 0:32 /docker/6ae1 /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
              "35 31 0:32 /a\\040b\\134 /c\\011d rw - cgroup none rw,cpu,memory",
              "22 28 0:20 / /proc rw - proc proc rw"},
             CheckMountLine);
}

TEST(PressureFuzzTest, Base64) {
  ExpectBoth(4, {"", "Zg==", "Zm8=", "Zm9vYmFy", "c29tZSAyMDAwMDAgMjAwMDAwMAA=", "+/+/AAAA"}, CheckBase64);
}

TEST(PressureFuzzTest, EveryByteSequenceComesBack) {
  Random random(5);
  for (int round = 0; round < kRounds / 10; ++round) {
    std::string bytes(random.Below(40), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.Below(256));
    char out[64];
    ASSERT_EQ(DecodeBase64(EncodeBase64(bytes).c_str(), out, sizeof out), static_cast<long>(bytes.size()));
    ASSERT_EQ(std::string(out, bytes.size()), bytes);
  }
}

}  // namespace
}  // namespace memgov
