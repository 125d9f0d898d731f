// All that `memgov explain` says of a process, and the two forms in which it says it.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_DIAGNOSIS_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_DIAGNOSIS_H_

#include <ostream>
#include <string>
#include <vector>

#include "governor/cli/explain/account.h"
#include "governor/cli/explain/advice.h"
#include "governor/cli/explain/facts.h"
#include "governor/cli/explain/returnable.h"
#include "governor/cli/explain/trend.h"

namespace memgov::cli::explain {

struct Diagnosis {
  Facts facts;
  Account account;
  Trend trend;
  Returnable returnable;
  std::vector<Advice> advice;
};

Diagnosis Diagnose(Facts facts);

// "12 %"; "<1 %" of what is there, and less than half a per cent.
std::string ShareOf(uint64_t part, uint64_t whole);

// The sentence that answers "why is RSS high?".
std::string Headline(const Diagnosis& diagnosis);
// The pools of a governed process, or of threads, with what they hold: rows of at most `most`, and how many
// were left out.
struct PoolRow {
  std::string name;  // any bytes
  uint64_t threads = 0;
  uint64_t parked = 0;
  bool has_heap = false;
  uint64_t live_bytes = 0;
  uint64_t held_bytes = 0;
  bool held_is_exact = false;
  uint64_t stack_bytes = 0;
};
std::vector<PoolRow> MakePoolRows(const Facts& facts);

// For a terminal of `width` columns; 0: no terminal, where prose is still wrapped at 80.
void PrintText(const Diagnosis& diagnosis, std::ostream& out, int width);
void PrintJson(const Diagnosis& diagnosis, std::ostream& out);

}  // namespace memgov::cli::explain

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_DIAGNOSIS_H_
