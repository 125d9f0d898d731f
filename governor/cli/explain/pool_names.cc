#include "governor/cli/explain/pool_names.h"

#include <utility>

#include "governor/base/text.h"
#include "governor/cli/proc/read_file.h"
#include "governor/config/pool_rules.h"

namespace memgov::cli::explain {
namespace {

constexpr size_t kMostRuleBytes = 128 << 10;  // no variable is longer (execve(2), MAX_ARG_STRLEN)
constexpr size_t kMostGlobBytes = 64;         // what the process itself matches with

}  // namespace

PoolNames::PoolNames(std::string rules) : rules_(std::move(rules)) {
  if (rules_.size() > kMostRuleBytes || !IsPoolRules(rules_.c_str())) rules_.clear();
}

std::string PoolNames::Find(const std::string& thread_name) const {
  const char* at = rules_.c_str();
  PoolRule rule;
  while (*at != '\0' && NextPoolRule(&at, &rule)) {
    char glob[kMostGlobBytes];
    CopyText(glob, sizeof glob, rule.glob, rule.glob_end);
    if (GlobMatch(glob, thread_name.c_str())) return {rule.name, rule.name_end};
  }
  return std::string(PoolOf(thread_name));
}

std::string PoolNames::Of(const Thread& thread, int pid) {
  if (thread.id == pid) return PoolOf(thread, pid);
  const auto [known, is_new] = found_.try_emplace(thread.name);
  if (is_new) known->second = Find(thread.name);
  return known->second;
}

std::string RulesInConfig(std::string_view config) {
  constexpr std::string_view kName = "  MEMGOV_POOLS ";
  for (std::string_view line : Split(config, "\n")) {
    if (!line.starts_with(kName)) continue;
    line.remove_prefix(kName.size());
    // The last word is where the value comes from.
    const size_t source = line.rfind(' ');
    const size_t begin = line.find_first_not_of(' ');
    if (source == std::string_view::npos || begin >= source) return "";
    const std::string_view rules = line.substr(begin, line.find_last_not_of(' ', source) + 1 - begin);
    return rules == "-" ? "" : std::string(rules);
  }
  return "";
}

}  // namespace memgov::cli::explain
