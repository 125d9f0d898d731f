// Options that change while the process runs: "NAME=VALUE" as people type it.
#include "governor/base/message.h"
#include "governor/base/text.h"
#include "governor/config/options.h"

namespace memgov::options {
namespace {

constexpr const char* kPrefix = "MEMGOV_";
constexpr size_t kNameBytes = 40;

char AsInTable(char c) {
  if (c == '-') return '_';
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// What stands before the "=", as the table has it but for MEMGOV_. Its value; nullptr where there is no "=".
const char* SplitName(const char* text, char (&name)[kNameBytes]) {
  size_t length = 0;
  for (; *text != '\0' && *text != '='; ++text) {
    if (length + 1 < kNameBytes) name[length++] = AsInTable(*text);
  }
  name[length] = '\0';
  return *text == '=' ? text + 1 : nullptr;
}

// Option::kCount when there is none.
Option Find(const char* name) {
  const char* rest = SkipPrefix(name, kPrefix);
  for (int index = 0; index < static_cast<int>(Option::kCount); ++index) {
    const Option option = static_cast<Option>(index);
    if (TextEqual(rest != nullptr ? rest : name, SkipPrefix(Spec(option).name, kPrefix))) return option;
  }
  return Option::kCount;
}

void SayLiveOnes(TextWriter& why) {
  why.Text("those that can change are");
  for (int index = 0; index < static_cast<int>(Option::kCount); ++index) {
    const OptionSpec& spec = Spec(static_cast<Option>(index));
    if (spec.change == OptionChange::kLive) why.Text(" ").Text(spec.name);
  }
}

// Bytes on both sides: soft is at most hard. Where one of the two is a share, the other always fits.
bool FitsOther(const Assignment& assignment, const char* value, TextWriter& why) {
  const bool is_hard = assignment.option == Option::kBudget;
  if (!is_hard && assignment.option != Option::kBudgetSoft) return true;
  const Option other = is_hard ? Option::kBudgetSoft : Option::kBudget;
  const int64_t bytes = Get(other);
  if (assignment.number <= 0 || bytes <= 0) return true;
  if (is_hard ? assignment.number >= bytes : assignment.number <= bytes) return true;
  why.Text(Spec(assignment.option).name).Text("=").Text(value).Text(": allowed is at ");
  why.Text(is_hard ? "least " : "most ").Text(Spec(other).name).Text(", now ");
  Describe(other, why);
  return false;
}

}  // namespace

const char* OptionSourceName(OptionSource source) {
  constexpr const char* kNames[] = {"default", "environment", "set while running"};
  return kNames[static_cast<int>(source)];
}

bool ParseAssignment(const char* text, Assignment* assignment, TextWriter& why) {
  char name[kNameBytes];
  const char* value = SplitName(text, name);
  assignment->option = Find(name);
  if (value == nullptr || assignment->option == Option::kCount) {
    why.Text(name).Text(value == nullptr ? ": allowed is NAME=VALUE; " : ": no such option; ");
    SayLiveOnes(why);
    return false;
  }
  const OptionSpec& spec = Spec(assignment->option);
  if (spec.change != OptionChange::kLive) {
    why.Text(spec.name).Text(": cannot change while the process runs; ");
    SayLiveOnes(why);
    return false;
  }
  if (!Parse(assignment->option, value, &assignment->number)) {
    why.Text(spec.name).Text("=").Text(value).Text(": allowed is ");
    DescribeAllowed(spec, why);
    return false;
  }
  return FitsOther(*assignment, value, why);
}

}  // namespace memgov::options
