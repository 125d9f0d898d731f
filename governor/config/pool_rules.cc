#include "governor/config/pool_rules.h"

#include "governor/base/text.h"
#include "governor/config/parse.h"

namespace memgov {
namespace {

constexpr size_t kLongestName = 31;

// The budget between [begin, end), digits and a unit: longer than that is none.
bool ParsePoolBudget(const char* begin, const char* end, int64_t* bytes) {
  char text[32];
  if (static_cast<size_t>(end - begin) >= sizeof text) return false;
  CopyText(text, sizeof text, begin, end);
  return ParseByteCount(text, bytes) && *bytes >= kLeastPoolBudget;
}

bool SameName(const PoolRule& rule, const char* name, const char* name_end) {
  const size_t length = static_cast<size_t>(name_end - name);
  return static_cast<size_t>(rule.name_end - rule.name) == length &&
         __builtin_memcmp(rule.name, name, length) == 0;
}

}  // namespace

bool NextPoolRule(const char** at, PoolRule* rule) {
  const char* text = *at;
  rule->glob = text;
  while (*text != '\0' && *text != '=' && *text != ';') ++text;
  if (*text != '=' || text == rule->glob) return false;
  rule->glob_end = text;
  rule->name = ++text;
  while (*text != '\0' && *text != ';' && *text != '=' && *text != ':') ++text;
  rule->name_end = text;
  const size_t length = static_cast<size_t>(text - rule->name);
  if (*text == '=' || length == 0 || length > kLongestName) return false;
  rule->budget = 0;
  if (*text == ':') {
    const char* budget = ++text;
    while (*text != '\0' && *text != ';') ++text;
    if (!ParsePoolBudget(budget, text, &rule->budget)) return false;
  }
  *at = *text == ';' ? text + 1 : text;
  return true;
}

bool IsPoolRules(const char* text) {
  const char* at = text;
  PoolRule rule;
  int budgets = 0;
  while (*at != '\0') {
    if (!NextPoolRule(&at, &rule)) return false;
    if (rule.budget == 0) continue;
    if (++budgets > kMostPoolBudgets) return false;
    if (PoolBudgetInRules(text, rule.name, rule.name_end) != rule.budget) return false;
  }
  return true;
}

int64_t PoolBudgetInRules(const char* rules, const char* name, const char* name_end) {
  PoolRule rule;
  while (*rules != '\0' && NextPoolRule(&rules, &rule)) {
    if (rule.budget != 0 && SameName(rule, name, name_end)) return rule.budget;
  }
  return 0;
}

}  // namespace memgov
