// What memgov would likely give back of an ungoverned process' memory, were it started with it. Pure.
//
// The estimate is exact in what is free now (glibc_heap.h), and takes off what memgov itself was measured to
// hold beyond what is in use; docs/explain.md has the measurements and the error.
#ifndef MEMGOV_GOVERNOR_CLI_EXPLAIN_RETURNABLE_H_
#define MEMGOV_GOVERNOR_CLI_EXPLAIN_RETURNABLE_H_

#include <cstdint>
#include <string>

#include "governor/cli/explain/facts.h"

namespace memgov::cli::explain {

struct Returnable {
  bool known = false;
  uint64_t low_bytes = 0;
  uint64_t likely_bytes = 0;
  uint64_t high_bytes = 0;  // also where it is not known: no more than this
  std::string method;       // how it was found, or why not
};

Returnable EstimateReturnable(const Facts& facts);

}  // namespace memgov::cli::explain

#endif  // MEMGOV_GOVERNOR_CLI_EXPLAIN_RETURNABLE_H_
