// drive.cc: runs a fuzz target (LLVMFuzzerTestOneInput) on inputs of its own making, for compilers without
// libFuzzer and for a bounded slice in every test run: random bytes, random printable text, and files named
// on the command line (what a real fuzzer found). `target COUNT [SEED] [FILE...]`.
#include <stddef.h>
#include <stdint.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kLongest = 4096;

std::vector<uint8_t> Make(std::mt19937_64& random) {
  // Short ones are more likely to get past the first check.
  const size_t size = random() % (random() % 4 == 0 ? kLongest : 64);
  const bool printable = random() % 2 == 0;
  std::vector<uint8_t> input(size);
  for (uint8_t& byte : input) byte = static_cast<uint8_t>(printable ? ' ' + random() % 95 : random());
  return input;
}

void RunFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path);
    std::exit(2);
  }
  const std::vector<uint8_t> input((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  const long count = argc > 1 ? std::atol(argv[1]) : 10000;
  std::mt19937_64 random(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
  for (int index = 3; index < argc; ++index) RunFile(argv[index]);
  for (long round = 0; round < count; ++round) {
    const std::vector<uint8_t> input = Make(random);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%ld inputs\n", count);
}
