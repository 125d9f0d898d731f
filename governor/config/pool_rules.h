// The rules of MEMGOV_POOLS: "glob=name;glob=name:512M". A glob is matched against thread names, the first
// that fits wins; bytes after the colon are the pool's soft budget, wherever in the list they stand.
//
// Safety: pure functions, any context; no allocation.
#ifndef MEMGOV_GOVERNOR_CONFIG_POOL_RULES_H_
#define MEMGOV_GOVERNOR_CONFIG_POOL_RULES_H_

#include <stddef.h>
#include <stdint.h>

namespace memgov {

constexpr int64_t kLeastPoolBudget = 1 << 20;
constexpr int kMostPoolBudgets = 64;  // as many as there are pools; keeps the check for doubles short

// One rule; the pointers are into the text.
struct PoolRule {
  const char* glob = nullptr;
  const char* glob_end = nullptr;
  const char* name = nullptr;
  const char* name_end = nullptr;
  int64_t budget = 0;  // bytes; 0 none
};

// Takes the rule at *at and moves *at beyond it. False at the end, and where the text is no rule (then *at is
// not at its end).
bool NextPoolRule(const char** at, PoolRule* rule);

// Is it all rules: every part with both sides, names of at most 31 bytes, budgets of at least 1 MiB, no pool
// with two different ones, and at most kMostPoolBudgets of them?
bool IsPoolRules(const char* text);

// What the rules give the pool of that name; 0 none.
int64_t PoolBudgetInRules(const char* rules, const char* name, const char* name_end);

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_CONFIG_POOL_RULES_H_
