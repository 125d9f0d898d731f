// The options: one table, read once from the environment before main. Parsing, MEMGOV_HELP=1 and
// docs/options.md come from it.
//
// Safety: before Load() every option has its default. Load() runs once, in the constructor; afterwards only
// SetWhileRunning changes values, of options that say kLive. Any thread reads at any time: a value is one
// relaxed atomic.
#ifndef MEMGOV_GOVERNOR_CONFIG_OPTIONS_H_
#define MEMGOV_GOVERNOR_CONFIG_OPTIONS_H_

#include <stdint.h>

namespace memgov {

class TextWriter;

enum class OptionType : uint8_t {
  kSwitch,
  kChoice,
  kCount,
  kBytes,
  kDuration,
  kMilliseconds,
  kReport,
  kBudget,
  kShare,
  kPath,
  kLibrary,
  kRules,
  kGroup,
  kFault
};

enum class OptionChange : uint8_t { kFixed, kLive };

// Where a value comes from.
enum class OptionSource : uint8_t { kDefault, kEnvironment, kRunning };

// identifier, environment name, type, default (as a user would write it), least, most (bytes, count, ns, or
// bytes of a path; most 0: no bound), choices, whether it can change while the process runs, help.
#define MEMGOV_OPTIONS(X)                                                                                   \
  X(kGovernor, "MEMGOV_GOVERNOR", kSwitch, "on", 0, 0, "", kFixed,                                          \
    "off: the kill switch; nothing but malloc itself is left")                                              \
  X(kThread, "MEMGOV_THREAD", kChoice, "auto", 0, 0, "auto|never", kFixed,                                  \
    "never: no thread of memgov's own; releases then run on allocating threads")                            \
  X(kTrimInterval, "MEMGOV_TRIM_INTERVAL", kDuration, "10s", 100000000, 0, "", kLive,                       \
    "give memory back this often while the process allocates; off: never")                                  \
  X(kIdle, "MEMGOV_IDLE_MS", kMilliseconds, "500", 10000000, 0, "", kLive,                                  \
    "give memory back after this long with less than 1 MiB allocated; 0: never")                            \
  X(kStartBytes, "MEMGOV_START_BYTES", kBytes, "64M", 1048576, 0, "", kFixed,                               \
    "a process that creates no thread gets its governor after allocating this much")                        \
  X(kPools, "MEMGOV_POOLS", kRules, "", 0, 0, "", kFixed,                                                   \
    "thread pools by thread name, first match wins, with soft budgets: \"tokio-*=io:512M;parse-*=json\"")   \
  X(kBudget, "MEMGOV_BUDGET", kBudget, "auto", 16777216, 0, "", kLive,                                      \
    "the hard budget; auto: 95% of the container's limit, none without one; percent: of the container, of " \
    "the machine without one")                                                                              \
  X(kBudgetSoft, "MEMGOV_BUDGET_SOFT", kShare, "84%", 1048576, 0, "", kLive,                                \
    "from here on memory is given back, callbacks run and admissions are deferred")                         \
  X(kOnHard, "MEMGOV_ON_HARD", kChoice, "fail", 0, 0, "fail|abort|ignore", kLive,                           \
    "an allocation that would pass the hard budget after one bounded release: fails (ENOMEM), ends the "    \
    "process with one line, or is let pass")                                                                \
  X(kPressure, "MEMGOV_PRESSURE", kSwitch, "on", 0, 0, "", kFixed,                                          \
    "off: leaves the kernel's pressure files and systemd's alone")                                          \
  X(kCohort, "MEMGOV_COHORT", kSwitch, "on", 0, 0, "", kFixed,                                              \
    "off: does not share the container's limit with other governed processes in it")                        \
  X(kExport, "MEMGOV_EXPORT", kSwitch, "on", 0, 0, "", kFixed,                                              \
    "off: writes no files in the runtime folder, and has no control socket")                                \
  X(kDirectory, "MEMGOV_DIR", kPath, "", 0, 200, "", kFixed,                                                \
    "the runtime folder; unset: XDG_RUNTIME_DIR, else /dev/shm, else /run")                                 \
  X(kGroup, "MEMGOV_GROUP", kGroup, "", 0, 0, "", kFixed,                                                   \
    "this group, by name or number, may read what the process shows; unset: its own group, where "          \
    "MEMGOV_MODE lets it")                                                                                  \
  X(kMode, "MEMGOV_MODE", kChoice, "0600", 0, 0, "0600|0640|0660", kFixed,                                  \
    "0640: the group may read figures and evidence; 0660: ask and steer by the control socket, too; with "  \
    "MEMGOV_GROUP set: 0640")                                                                               \
  X(kArenaMax, "MEMGOV_ARENA_MAX", kCount, "0", 0, 4096, "", kFixed,                                        \
    "arena engine: the most shards (0: 8; at most 16); system engine: the most arenas (0: 2 per CPU, 2 to " \
    "16); alias MALLOC_ARENA_MAX")                                                                          \
  X(kSlots, "MEMGOV_SLOTS", kChoice, "auto", 0, 0, "auto|rseq|portable|off", kFixed,                        \
    "arena engine: how CPUs cache blocks; auto: restartable sequences where the system has them")           \
  X(kMimalloc, "MEMGOV_MIMALLOC", kLibrary, "", 0, 200, "", kFixed,                                         \
    "mimalloc engine: the library to load, an absolute path or a soname; unset: libmimalloc.so.3, else "    \
    "libmimalloc.so.2")                                                                                     \
  X(kHugePages, "MEMGOV_THP", kSwitch, "0", 0, 0, "", kFixed,                                               \
    "arena engine: 1: ask for transparent huge pages; 0: decline them")                                     \
  X(kCheck, "MEMGOV_CHECK", kSwitch, "0", 0, 0, "", kFixed,                                                 \
    "arena engine: 1: no caching by CPU, so that every double free is found at once")                       \
  X(kOnBadFree, "MEMGOV_ON_BAD_FREE", kChoice, "abort", 0, 0, "abort|count", kLive,                         \
    "arena engine: what follows the line about a free of what is no block")                                 \
  X(kReport, "MEMGOV_REPORT", kReport, "off", 1000000000, 0, "", kLive,                                     \
    "where the memory is, on stderr: exit, or every so often (60s)")                                        \
  X(kSummary, "MEMGOV_SUMMARY", kSwitch, "0", 0, 0, "", kLive, "1: one line at exit")                       \
  X(kEngine, "MEMGOV_ENGINE", kChoice, "", 0, 0, "arena|mimalloc|system", kFixed,                           \
    "says which object to preload when this one has another engine; chooses nothing")                       \
  X(kStrict, "MEMGOV_STRICT", kSwitch, "0", 0, 0, "", kFixed,                                               \
    "1: a bad MEMGOV_ variable stops the program before main")                                              \
  X(kHelp, "MEMGOV_HELP", kSwitch, "0", 0, 0, "", kFixed, "1: prints this table when the program starts")   \
  X(kFail, "MEMGOV_FAIL", kFault, "", 0, 0, "", kFixed,                                                     \
    "for tests: the nth of memgov's own calls fails (mmap@3), or from the nth on (open@1+)")

enum class Option : uint8_t {
#define MEMGOV_OPTION_ID(id, ...) id,
  MEMGOV_OPTIONS(MEMGOV_OPTION_ID)
#undef MEMGOV_OPTION_ID
      kCount
};

struct OptionSpec {
  const char* name;
  OptionType type;
  const char* default_text;
  int64_t least;
  int64_t most;
  const char* choices;
  OptionChange change;
  const char* help;
};

constexpr int64_t kReportAtExit = -1;   // kReport: exit
constexpr int64_t kNoEngineAsked = -1;  // kEngine: not set
enum : int64_t { kThreadAuto = 0, kThreadNever = 1 };
enum : int64_t { kSlotsAuto = 0, kSlotsRseq = 1, kSlotsPortable = 2, kSlotsOff = 3 };
enum : int64_t { kOnHardFail = 0, kOnHardAbort = 1, kOnHardIgnore = 2 };
enum : int64_t { kBadFreeAbort = 0, kBadFreeCount = 1 };
enum : int64_t { kModeOwner = 0, kModeGroupReads = 1, kModeGroupSteers = 2 };

namespace options {

const OptionSpec& Spec(Option option);

// Switches 0 or 1; choices by position; bytes; durations in nanoseconds (0: off); kReport: nanoseconds, 0
// off; kBudget, kShare and kGroup as governor/config/parse.h says.
int64_t Get(Option option);

// Texts (kRules, kPath, kLibrary, kGroup): the environment's own string, or "".
const char* GetText(Option option);

OptionSource SourceOf(Option option);
const char* OptionSourceName(OptionSource source);
// Was it set, and well, by the environment (for aliases: under the other name too) or since?
bool IsSet(Option option);

// What this text means for the option; false when it is malformed or out of range. Pure but for kFault, which
// it arms.
bool Parse(Option option, const char* text, int64_t* number);

// Sets one option from text; false (and unchanged) when malformed or out of range. Before Load's end, and in
// tests.
bool Set(Option option, const char* text);

// "NAME=VALUE" as people type it: with or without MEMGOV_, in upper or lower case, with - or _. False, with
// one line (no newline) into `why`, for what is no option, none that is kLive, no value of it, or a soft
// budget above the hard one where both are in bytes.
struct Assignment {
  Option option = Option::kCount;
  int64_t number = 0;
};
bool ParseAssignment(const char* text, Assignment* assignment, TextWriter& why);

// One thread at a time. What follows from the new value is the caller's to see to.
void SetWhileRunning(const Assignment& assignment);

// Reads MEMGOV_* and the aliases; one message per bad variable, a soft budget above the hard one included
// where both are in bytes. The number of bad ones. A budget beyond the machine's memory is good, and gets a
// line.
int Load(char** environment);

// Does GLIBC_TUNABLES name this tunable? The user's own setting wins over ours.
bool MentionsTunable(const char* tunable);

// One line naming the variables of glibc's malloc that mean nothing to an engine that is not glibc's; silent
// when none is set. Said by processes that are governed, not by every small tool.
void SayForeignVariables(const char* engine);

// Prints the table.
void PrintHelp();

// The value in force, in the unit of its type: "10.0 s", "64.0 MB", "auto", "75%", "abort"; "-" for none.
void Describe(Option option, TextWriter& out);
// The same for any value that its type holds; texts have none.
void DescribeNumber(const OptionSpec& spec, int64_t number, TextWriter& out);

// What a value of this option may be, as the messages and the table say it.
void DescribeAllowed(const OptionSpec& spec, TextWriter& out);

}  // namespace options
}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_CONFIG_OPTIONS_H_
