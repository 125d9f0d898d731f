// parser_checks.h: what must hold of every parser of governor/pressure for any text. The seeded test and the
// libFuzzer target (tests/fuzz/pressure_fuzz.cc) share it; what does not hold aborts.
//
// Safety: allocates; a heap block of exactly the text's size, so that AddressSanitizer sees reads beyond it.
#ifndef MEMGOV_TESTS_UNIT_PRESSURE_PARSER_CHECKS_H_
#define MEMGOV_TESTS_UNIT_PRESSURE_PARSER_CHECKS_H_

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "governor/pressure/cgroup.h"
#include "governor/pressure/cgroup_parse.h"
#include "governor/pressure/watch.h"

namespace memgov {

inline void Require(bool holds, const char* what, const std::string& text) {
  if (holds) return;
  std::fprintf(stderr, "%s: \"%s\"\n", what, text.c_str());
  std::abort();
}

// True when some parser accepted it.
inline bool CheckNumbers(const std::string& text) {
  constexpr uint64_t kUntouched = 4711;
  const std::vector<char> block(text.c_str(), text.c_str() + std::strlen(text.c_str()) + 1);
  uint64_t values[3] = {kUntouched, kUntouched, kUntouched};
  const bool good[3] = {ParseCgroupNumber(block.data(), &values[0]),
                        FindKeyedNumber(block.data(), "anon", &values[1]),
                        ParsePsiTotal(block.data(), &values[2])};
  for (int index = 0; index < 3; ++index) {
    Require(good[index] || values[index] == kUntouched, "a refused number was stored", text);
    Require(!good[index] || values[index] == kNoLimit ||
                text.find(std::to_string(values[index])) != std::string::npos,
            "a number that is not there", text);
  }
  CgroupEvents events;
  ParseEvents(block.data(), &events);
  return good[0] || good[1] || good[2];
}

inline bool CheckCgroupLine(const std::string& text) {
  const std::vector<char> block(text.c_str(), text.c_str() + std::strlen(text.c_str()) + 1);
  Hierarchy hierarchy = Hierarchy::kOther;
  const char* path = ParseCgroupLine(block.data(), &hierarchy);
  if (path == nullptr) return false;
  Require(path > block.data() && path < block.data() + block.size() && *path == '/', "a path from elsewhere",
          text);
  const char* below = PathBelow(path, "/");
  Require(below == nullptr || std::string(below).find("/../") == std::string::npos, "a way up", text);
  return true;
}

inline bool CheckMountLine(const std::string& text) {
  std::vector<char> block(text.c_str(), text.c_str() + std::strlen(text.c_str()) + 1);
  CgroupMount mount;
  if (!ParseCgroupMount(block.data(), &mount)) return false;
  const char* const end = block.data() + block.size();
  Require(mount.hierarchy != Hierarchy::kOther, "no cgroup", text);
  Require(mount.root >= block.data() && mount.root < end && *mount.root == '/', "a root from elsewhere",
          text);
  Require(mount.point >= block.data() && mount.point < end && *mount.point == '/', "a point from elsewhere",
          text);
  const char* below = PathBelow(mount.point, mount.root);
  Require(below == nullptr || *below == '\0' || *below == '/', "half a name", text);
  return true;
}

// What decodes encodes to the same text: there is one way to write every sequence of bytes.
inline std::string EncodeBase64(const std::string& bytes) {
  constexpr const char* kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t index = 0; index < 3; ++index) {
      const char byte = at + index < bytes.size() ? bytes[at + index] : '\0';
      bits = bits << 8 | static_cast<unsigned char>(byte);
    }
    for (size_t index = 0; index < 4; ++index) {
      text += at + index > bytes.size() ? '=' : kAlphabet[bits >> (18 - 6 * index) & 63];
    }
  }
  return text;
}

inline bool CheckBase64(const std::string& text) {
  const std::vector<char> block(text.c_str(), text.c_str() + std::strlen(text.c_str()) + 1);
  std::vector<char> out(block.size() / 4 * 3);
  const long size = DecodeBase64(block.data(), out.data(), out.size());
  if (size < 0) return false;
  Require(EncodeBase64(std::string(out.data(), static_cast<size_t>(size))) == block.data(),
          "not what it said", text);
  return true;
}

}  // namespace memgov

#endif  // MEMGOV_TESTS_UNIT_PRESSURE_PARSER_CHECKS_H_
