// Any bytes as a recording, as its lines after a first one that is right, and as damage to a right one: what
// is read must be fit to be drawn, and what is not is refused in one line.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "governor/cli/recording/page.h"
#include "governor/cli/recording/recording.h"
#include "governor/cli/recording/summary.h"

namespace {

const std::string& Head() {
  static const std::string head =
      "{\"memgov_recording\":1,\"pid\":7,\"command\":\"nginx\",\"version\":\"0.1.0\",\"engine\":\"arena\","
      "\"interval_s\":1.0,\"cpus\":2,\"machine_bytes\":1024}\n";
  return head;
}

const std::string& Right() {
  static const std::string right =
      Head() +
      "{\"time_s\":100.5,\"resident_bytes\":10,\"figures\":{\"live_bytes\":3,\"hard_budget_bytes\":null,"
      "\"rung\":0,\"trims_total{reason=\\\"idle\\\"}\":1,\"trimmed_bytes_total{reason=\\\"idle\\\"}\":5,"
      "\"figures_age_ns\":5},\"pools\":[{\"pool\":\"io\",\"live_bytes\":2,\"held_bytes\":2}]}\n"
      "{\"time_s\":101.5,\"resident_bytes\":11,\"figures\":{\"live_bytes\":4,\"rung\":2}}\n"
      "{\"time_s\":101.5,\"ended\":\"process\"}\n";
  return right;
}

void Require(bool condition) {
  if (!condition) abort();
}

void Read(const std::string& text) {
  static const int file = memfd_create("recording", MFD_CLOEXEC);
  static const std::string path = "/proc/self/fd/" + std::to_string(file);
  Require(ftruncate(file, 0) == 0);
  Require(pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  const absl::StatusOr<memgov::cli::Recording> recording = memgov::cli::ReadRecording(path);
  if (!recording.ok()) {
    Require(recording.status().message().find('\n') == absl::string_view::npos);
    return;
  }
  if (recording->samples.empty()) return;
  const memgov::cli::Summary summary = memgov::cli::Summarise(*recording);
  Require(!memgov::cli::InWords(*recording, summary).empty());
  const std::string page = memgov::cli::MakePage(*recording, summary, "nonce");
  Require(page.size() < 2'000'000 && page.find("<script>") == std::string::npos);
}

// A few characters of the samples become others that JSON and numbers are made of, so that many can still be
// read: where (two bytes), and what.
std::string Damage(const uint8_t* data, size_t size) {
  static const std::string kinds = "0123456789-.eE\"{}[],: nul\\x";
  std::string text = Right();
  for (size_t index = 0; index + 2 < size && index < 9; index += 3) {
    const size_t place =
        (static_cast<size_t>(data[index]) << 8 | data[index + 1]) % (text.size() - Head().size());
    text[Head().size() + place] = kinds[data[index + 2] % kinds.size()];
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(data, data + size);
  Read(input);
  Read(Head() + input);
  Read(Right().substr(0, size % Right().size()) + input);
  Read(Damage(data, size));
  return 0;
}
