// libFuzzer target: any bytes as the texts that governor/pressure parses.
#include <cstddef>
#include <cstdint>
#include <string>

#include "unit/pressure/parser_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  memgov::CheckNumbers(text);
  memgov::CheckCgroupLine(text);
  memgov::CheckMountLine(text);
  memgov::CheckBase64(text);
  return 0;
}
