// Resident memory, divided into parts that add up to it. Pure: facts in, parts out.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_ACCOUNT_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_ACCOUNT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "governor/cli/explain/facts.h"

namespace memgov::cli::explain {

struct Part {
  std::string name;   // for programs: "live"
  std::string title;  // for people: "in use by the program"; printable
  uint64_t bytes = 0;
  bool heap = false;  // malloc's, in use or not
  bool free = false;  // kept by an allocator, and of no use to the program now
};

struct Account {
  uint64_t resident_bytes = 0;
  uint64_t proportional_bytes = 0;  // PSS: pages that n processes share count 1/n
  uint64_t huge_bytes = 0;
  uint64_t lazy_free_bytes = 0;
  uint64_t swap_bytes = 0;
  uint64_t reserved_bytes = 0;   // address space without access: not memory
  uint64_t untouched_bytes = 0;  // handed out or kept, but never written to: not memory either
  std::vector<Part> parts;  // their bytes and not_accounted_bytes sum up to resident_bytes; largest first
  uint64_t not_accounted_bytes = 0;

  uint64_t BytesOf(const std::string& name) const;
  uint64_t FreeBytes() const;
};

Account MakeAccount(const Facts& facts);

// What the process would hand back now if it were told to (`memgov release`). Of a governed process only.
uint64_t ReleasableBytes(const Facts& facts);

}  // namespace memgov::cli::explain

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_ACCOUNT_H_
