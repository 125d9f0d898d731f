// Any bytes as the value of every option: what is refused changes nothing, what is taken is in range and can
// be described.
#include <stddef.h>
#include <stdint.h>

#include <string>

#include "governor/base/message.h"
#include "governor/config/options.h"
#include "governor/config/parse.h"

using namespace memgov;

namespace {

void Require(bool holds) {
  if (!holds) __builtin_trap();
}

bool InRange(const OptionSpec& spec, int64_t value) {
  if (spec.type == OptionType::kBudget || spec.type == OptionType::kShare) {
    const bool percent = value >= -100 && value < 0;
    const bool word = spec.type == OptionType::kBudget && (value == kBudgetAuto || value == kBudgetOff);
    return percent || word || value >= spec.least;
  }
  return value <= 0 || (value >= spec.least && (spec.most == 0 || value <= spec.most));
}

void Try(Option option, const std::string& text) {
  const OptionSpec& spec = options::Spec(option);
  const int64_t before = options::Get(option);
  const bool taken = options::Set(option, text.c_str());
  const int64_t value = options::Get(option);
  Require(taken ? InRange(spec, value) : value == before);
  TextBuffer<256> described;
  options::Describe(option, described);
  Require(described.size() > 0);
  // The option must not keep a pointer into `text`.
  const bool names_file = spec.type == OptionType::kPath || spec.type == OptionType::kLibrary;
  const char* own = names_file ? "/" : spec.default_text;
  options::Set(option, spec.type == OptionType::kGroup ? "0" : own);
}

// As the control socket takes it: what is refused says why in one line and changes nothing.
void Change(const std::string& text) {
  TextBuffer<480> why;
  options::Assignment assignment;
  if (!options::ParseAssignment(text.c_str(), &assignment, why)) {
    Require(why.size() > 0 && std::string(why.data(), why.size()).find('\n') == std::string::npos);
    return;
  }
  const OptionSpec& spec = options::Spec(assignment.option);
  Require(spec.change == OptionChange::kLive && InRange(spec, assignment.number));
  options::SetWhileRunning(assignment);
  Require(options::Get(assignment.option) == assignment.number);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text;
  for (size_t index = 0; index < size && data[index] != 0; ++index) text += static_cast<char>(data[index]);
  for (int index = 0; index < static_cast<int>(Option::kCount); ++index) {
    const Option option = static_cast<Option>(index);
    if (option != Option::kFail) Try(option, text);  // that one arms the faults of this very process
    Change(std::string(options::Spec(option).name) + "=" + text);
  }
  Change(text);
  return 0;
}
