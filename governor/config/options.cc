#include "governor/config/options.h"

#include <atomic>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/text.h"
#include "governor/config/machine_memory.h"
#include "governor/config/parse.h"
#include "governor/config/pool_rules.h"

namespace memgov::options {
namespace {

constexpr int kOptions = static_cast<int>(Option::kCount);

constexpr OptionSpec kSpecs[kOptions] = {
#define MEMGOV_OPTION_SPEC(id, name, type, default_text, least, most, choices, change, help) \
  {name, OptionType::type, default_text, least, most, choices, OptionChange::change, help},
    MEMGOV_OPTIONS(MEMGOV_OPTION_SPEC)
#undef MEMGOV_OPTION_SPEC
};

struct Alias {
  const char* name;
  Option option;
};
constexpr Alias kAliases[] = {{"MALLOC_ARENA_MAX", Option::kArenaMax}};

struct Value {
  constexpr Value() = default;
  void Take(int64_t new_number, OptionSource new_source) {
    number.store(new_number, std::memory_order_relaxed);
    source.store(new_source, std::memory_order_relaxed);
  }
  std::atomic<int64_t> number{0};
  std::atomic<OptionSource> source{OptionSource::kDefault};
  const char* text = "";  // Load's
};

constexpr int64_t kMillisecond = 1000000;

bool ParseReport(const char* text, int64_t* value) {
  if (TextEqual(text, "exit")) {
    *value = kReportAtExit;
    return true;
  }
  return ParseDuration(text, 0, value);
}

bool ParseNumber(const OptionSpec& spec, const char* text, int64_t* value) {
  switch (spec.type) {
    case OptionType::kSwitch:
      return ParseSwitch(text, value);
    case OptionType::kChoice:
      return ParseChoice(text, spec.choices, value);
    case OptionType::kCount:
      return ParseCount(text, value);
    case OptionType::kBytes:
      return ParseByteCount(text, value);
    case OptionType::kDuration:
      return ParseDuration(text, 0, value);
    case OptionType::kMilliseconds:
      return ParseDuration(text, kMillisecond, value);
    case OptionType::kReport:
      return ParseReport(text, value);
    case OptionType::kBudget:
      return ParseBudget(text, value);
    case OptionType::kShare:
      return ParseShare(text, value);
    case OptionType::kPath:
      return IsAbsolutePath(text, static_cast<size_t>(spec.most));
    case OptionType::kLibrary:
      return IsLibraryName(text, static_cast<size_t>(spec.most));
    case OptionType::kRules:
      return IsPoolRules(text);
    case OptionType::kGroup:
      return ParseGroup(text, value);
    case OptionType::kFault:
      return *text == '\0' || os::ArmFault(text);
  }
  return false;
}

// Zero is "off" or "automatic" wherever it parses: below `least` only when it is not zero.
bool InRange(const OptionSpec& spec, int64_t value) {
  if (value > 0 && value < spec.least) return false;
  return spec.most == 0 || value <= spec.most;
}

struct Table {
  constexpr Table() = default;
  Value values[kOptions];
  bool defaults_read = false;
};
constinit Table table;

int64_t DefaultOf(const OptionSpec& spec) {
  int64_t number = 0;
  if (*spec.default_text != '\0') {
    ParseNumber(spec, spec.default_text, &number);
  } else if (spec.type == OptionType::kChoice) {
    number = kNoEngineAsked;
  }
  return number;
}

// Defaults are parsed by the same code as the environment, once, on first use: before Load() only the
// start-up of a process runs, on one thread.
void ReadDefaults() {
  for (int index = 0; index < kOptions; ++index)
    table.values[index].Take(DefaultOf(kSpecs[index]), OptionSource::kDefault);
  table.defaults_read = true;
}

Value& ValueOf(Option option) {
  if (!table.defaults_read) ReadDefaults();
  return table.values[static_cast<int>(option)];
}

void SayDefaultApplies(TextWriter& out, const OptionSpec& spec) {
  if (*spec.default_text == '\0') return;
  out.Text("; ").Text(spec.default_text).Text(" applies");
}

void SayMalformed(const char* name, const char* value, const OptionSpec& spec) {
  Message message;
  message->Text(name).Text("=").Text(value).Text(": allowed is ");
  DescribeAllowed(spec, *message.operator->());
  SayDefaultApplies(*message.operator->(), spec);
}

void SayUnknown(const char* entry) {
  Message()->Text(entry).Text(": no such option; MEMGOV_HELP=1 lists them");
}

// What follows "NAME=" in an entry of the environment; nullptr when it is another variable.
const char* ValueIn(const char* entry, const char* name) {
  const char* rest = SkipPrefix(entry, name);
  return rest != nullptr && *rest == '=' ? rest + 1 : nullptr;
}

// The tool, the Rust crate and the tests have variables that are not options of the object.
bool IsForOthers(const char* entry) {
  return SkipPrefix(entry, "MEMGOV_TEST_") != nullptr || SkipPrefix(entry, "MEMGOV_COUNTING_") != nullptr ||
         ValueIn(entry, "MEMGOV_LIBRARY_DIR") != nullptr;
}

// 1 when the entry is one of ours and bad.
int LoadEntry(const char* entry) {
  for (int index = 0; index < kOptions; ++index) {
    const char* value = ValueIn(entry, kSpecs[index].name);
    if (value == nullptr) continue;
    if (Set(static_cast<Option>(index), value)) return 0;
    SayMalformed(kSpecs[index].name, value, kSpecs[index]);
    return 1;
  }
  if (IsForOthers(entry)) return 0;
  SayUnknown(entry);
  return 1;
}

// An alias yields to the option's own name. glibc ignores what it cannot read there; so do we, without a
// word.
void LoadAliases(char** environment) {
  for (char** entry = environment; *entry != nullptr; ++entry) {
    for (const Alias& alias : kAliases) {
      const char* value = ValueIn(*entry, alias.name);
      if (value != nullptr && !IsSet(alias.option)) Set(alias.option, value);
    }
  }
}

void SayNeverReached(int64_t budget, uint64_t machine) {
  if (budget <= 0 || machine == 0 || static_cast<uint64_t>(budget) <= machine) return;
  Message message;
  message->Text("MEMGOV_BUDGET=").Text(GetText(Option::kBudget)).Text(": this machine has ").Bytes(machine);
  message->Text(" of memory; the budget is never reached");
}

// 1 when the two budgets contradict each other: the soft one's default applies then.
int LoadBudgets() {
  const int64_t hard = Get(Option::kBudget);
  SayNeverReached(hard, MachineMemory());
  if (hard <= 0 || Get(Option::kBudgetSoft) <= hard) return 0;
  const OptionSpec& spec = Spec(Option::kBudgetSoft);
  {
    Message message;
    message->Text("MEMGOV_BUDGET_SOFT=").Text(GetText(Option::kBudgetSoft));
    message->Text(": allowed is at most MEMGOV_BUDGET=").Text(GetText(Option::kBudget));
    SayDefaultApplies(*message.operator->(), spec);
  }
  Value& soft = ValueOf(Option::kBudgetSoft);
  soft.Take(DefaultOf(spec), OptionSource::kDefault);
  soft.text = "";
  return 1;
}

// What glibc's own malloc reads from the environment (mallopt(3), and the manual's "Memory Allocation
// Tunables").
constexpr const char* kGlibcVariables[] = {
    "MALLOC_ARENA_MAX", "MALLOC_ARENA_TEST",      "MALLOC_TRIM_THRESHOLD_",
    "MALLOC_TOP_PAD_",  "MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_",
    "MALLOC_CHECK_",    "MALLOC_PERTURB_",        "MALLOC_TCACHE_COUNT_"};
constexpr int kMostForeign = 12;
constinit const char* foreign[kMostForeign] = {};  // entries of the environment
constinit int foreign_count = 0;
constinit const char* tunables = "";

void NoteForeign(const char* entry) {
  if (foreign_count < kMostForeign) foreign[foreign_count++] = entry;
}

void LoadGlibcVariables(char** environment) {
  for (char** entry = environment; *entry != nullptr; ++entry) {
    for (const char* name : kGlibcVariables) {
      if (ValueIn(*entry, name) != nullptr) NoteForeign(*entry);
    }
    const char* value = ValueIn(*entry, "GLIBC_TUNABLES");
    if (value == nullptr) continue;
    tunables = value;
    if (MentionsTunable("glibc.malloc.")) NoteForeign(*entry);
  }
}

}  // namespace

const OptionSpec& Spec(Option option) { return kSpecs[static_cast<int>(option)]; }
int64_t Get(Option option) { return ValueOf(option).number.load(std::memory_order_relaxed); }
const char* GetText(Option option) { return ValueOf(option).text; }
OptionSource SourceOf(Option option) { return ValueOf(option).source.load(std::memory_order_relaxed); }
bool IsSet(Option option) { return SourceOf(option) != OptionSource::kDefault; }

bool Parse(Option option, const char* text, int64_t* number) {
  const OptionSpec& spec = Spec(option);
  int64_t parsed = 0;
  if (!ParseNumber(spec, text, &parsed) || !InRange(spec, parsed)) return false;
  *number = parsed;
  return true;
}

bool Set(Option option, const char* text) {
  int64_t number = 0;
  if (!Parse(option, text, &number)) return false;
  ValueOf(option).Take(number, OptionSource::kEnvironment);
  ValueOf(option).text = text;
  return true;
}

void SetWhileRunning(const Assignment& assignment) {
  ValueOf(assignment.option).Take(assignment.number, OptionSource::kRunning);
}

int Load(char** environment) {
  if (environment == nullptr) return 0;
  int bad = 0;
  for (char** entry = environment; *entry != nullptr; ++entry) {
    if (SkipPrefix(*entry, "MEMGOV_") != nullptr) bad += LoadEntry(*entry);
  }
  bad += LoadBudgets();
  LoadAliases(environment);
  LoadGlibcVariables(environment);
  return bad;
}

bool MentionsTunable(const char* tunable) {
  for (const char* at = tunables; *at != '\0'; ++at) {
    if (SkipPrefix(at, tunable) != nullptr) return true;
  }
  return false;
}

void SayForeignVariables(const char* engine) {
  if (foreign_count == 0) return;
  Message message;
  for (int index = 0; index < foreign_count; ++index)
    message->Text(index > 0 ? ", " : "").Text(foreign[index]);
  message->Text(": without effect on engine ")
      .Text(engine)
      .Text(" (they steer glibc's malloc: libmemgov-system.so)");
}

}  // namespace memgov::options
