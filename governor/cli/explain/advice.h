// What to do about it: few pieces, each with its reason and its number, as Redis' MEMORY DOCTOR has it. Pure.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_ADVICE_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_ADVICE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "governor/cli/explain/account.h"
#include "governor/cli/explain/facts.h"
#include "governor/cli/explain/returnable.h"
#include "governor/cli/explain/trend.h"

namespace memgov::cli::explain {

struct Advice {
  std::string name;    // for programs: "release"
  std::string text;    // for people
  uint64_t bytes = 0;  // what it is about; most first
};

// At most five.
std::vector<Advice> FindAdvice(const Facts& facts, const Account& account, const Returnable& returnable);

}  // namespace memgov::cli::explain

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_ADVICE_H_
