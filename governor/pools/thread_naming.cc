#include "governor/pools/thread_naming.h"

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/proc_self.h"
#include "governor/base/text.h"
#include "governor/config/options.h"
#include "governor/config/pool_rules.h"
#include "governor/pools/pool_table.h"
#include "governor/pools/sampler.h"
#include "governor/pools/thread_registry.h"

namespace memgov {
namespace {

constexpr size_t kThreadNameBytes = 32;
constexpr uint32_t kLooksBeforeStartRoutine =
    5;  // ticks; by then a program has named the threads that it names
constexpr uint32_t kLooksAtAll = 12;

struct Unresolved {
  ThreadRecord* record;
  pid_t tid;
  uintptr_t start;
  uint16_t looks;  // this one included
};

// Collected under the registry's lock, worked on without it (reading /proc can wait).
struct Batch {
  static constexpr int kMost = 32;
  Unresolved threads[kMost];
  int count = 0;
  bool any_wants_look = false;
};

constinit FutexLock naming_lock{LockRank::kNaming};
constinit uint16_t pass = 0;  // under naming_lock: a thread is looked at once in each pass

bool WantsLook(const ThreadRecord& record) {
  const Binding binding = record.binding.load(std::memory_order_relaxed);
  if (binding >= Binding::kByName || record.tid.load(std::memory_order_acquire) == 0) return false;
  if (record.thread_pool.load(std::memory_order_relaxed) == kMainPool) return false;
  return record.state.load(std::memory_order_relaxed) == ThreadState::kRunning &&
         record.resolve_attempts < kLooksAtAll;
}

void Collect(Batch& batch, uint64_t now_ns) {
  batch.count = 0;
  threads::ForEachRecord([&](ThreadRecord& record) {
    if (batch.count == Batch::kMost || record.resolve_pass == pass || !WantsLook(record)) return;
    batch.any_wants_look = true;
    const uint32_t now_ms = static_cast<uint32_t>(now_ns / 1000000);
    if (now_ms - record.looked_ms < kLookAgainMs) return;
    record.looked_ms = now_ms;
    record.resolve_pass = pass;
    ++record.resolve_attempts;
    batch.threads[batch.count++] = {&record, record.tid.load(std::memory_order_relaxed),
                                    reinterpret_cast<uintptr_t>(record.start_routine),
                                    record.resolve_attempts};
  });
}

// Binds unless the API, a better rule or the thread's end came first. A scope that is open keeps counting for
// its pool.
void Bind(const Unresolved& thread, PoolId pool, Binding binding) {
  if (pool == kNoPool) return;
  ThreadRecord& record = *thread.record;
  FutexLockHolder hold(threads::Lock());
  if (record.tid.load(std::memory_order_relaxed) != thread.tid) return;
  if (record.binding.load(std::memory_order_relaxed) >= binding) return;
  record.binding.store(binding, std::memory_order_relaxed);
  const PoolId before = record.thread_pool.exchange(pool, std::memory_order_relaxed);
  if (record.scopes.load(std::memory_order_relaxed) == 0)
    record.current_pool.store(pool, std::memory_order_relaxed);
  if (before == kUnresolvedPool) sampler::Reattribute(record, pool);
}

// Feeds the lines of /proc/self/maps, read in pieces, to DescribeAddress until one fits.
bool DescribeFromMaps(uintptr_t address, char* out, size_t capacity) {
  const int descriptor = os::OpenReadOnly("/proc/self/maps");
  if (descriptor < 0) return false;
  char buffer[2048];
  size_t filled = 0;
  bool found = false;
  long got = 0;
  while (!found && (got = os::Read(descriptor, buffer + filled, sizeof buffer - 1 - filled)) > 0) {
    filled += static_cast<size_t>(got);
    char* line = buffer;
    for (char* at = buffer; at < buffer + filled && !found; ++at) {
      if (*at != '\n') continue;
      *at = '\0';
      found = DescribeAddress(line, address, out, capacity);
      line = at + 1;
    }
    filled = static_cast<size_t>(buffer + filled - line);
    if (filled == sizeof buffer - 1) filled = 0;  // a line longer than any path: skip it
    __builtin_memmove(buffer, line, filled);
  }
  os::Close(descriptor);
  return found;
}

// The few start routines that a process has, so that the maps are read once for each.
struct StartRoutine {
  uintptr_t address = 0;
  PoolId pool = kNoPool;
};
constinit StartRoutine start_routines[16];  // under naming_lock

PoolId PoolByStartRoutine(uintptr_t start) {
  if (start == 0) return pools::Intern("other threads");
  for (StartRoutine& known : start_routines) {
    if (known.address == start) return known.pool;
    if (known.address != 0) continue;
    char name[kPoolNameBytes];
    if (!DescribeFromMaps(start, name, sizeof name)) return pools::Intern("other threads");
    known = {start, pools::Intern(name)};
    return known.pool;
  }
  return pools::Intern("other threads");
}

void Resolve(const Unresolved& thread, const char* process_name) {
  char name[kThreadNameBytes];
  if (!ReadThreadName(thread.tid, name, sizeof name)) return;
  const PoolId by_rule = PoolByRule(options::GetText(Option::kPools), name);
  if (by_rule != kNoPool) return Bind(thread, by_rule, Binding::kByRule);
  if (!TextEqual(name, process_name)) {
    return Bind(thread, pools::Intern(name, name + PoolPrefixLength(name)), Binding::kByName);
  }
  if (thread.looks >= kLooksBeforeStartRoutine) {
    Bind(thread, PoolByStartRoutine(thread.start), Binding::kByStartRoutine);
  }
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

const char* ParseHex(const char* text, uintptr_t* value) {
  *value = 0;
  for (; IsHexDigit(*text); ++text)
    *value = *value * 16 + static_cast<uintptr_t>(*text <= '9' ? *text - '0' : *text - 'a' + 10);
  return text;
}

}  // namespace

size_t PoolPrefixLength(const char* thread_name) {
  const size_t whole = TextLength(thread_name);
  size_t length = whole;
  while (length > 0 && thread_name[length - 1] >= '0' && thread_name[length - 1] <= '9') --length;
  if (length == whole) return whole;
  const char* kSeparators = "-_#:/. ";
  const auto is_separator = [&](char c) {
    for (const char* at = kSeparators; *at != '\0'; ++at) {
      if (*at == c) return true;
    }
    return false;
  };
  while (length > 0 && is_separator(thread_name[length - 1])) --length;
  return length > 0 ? length : whole;
}

namespace {

PoolId InternForRule(const PoolRule& rule, const char* rules) {
  const PoolId pool = pools::Intern(rule.name, rule.name_end);
  if (pool == kNoPool) return kNoPool;
  pools::Get(pool).named_by_user.store(true, std::memory_order_relaxed);
  const int64_t budget = PoolBudgetInRules(rules, rule.name, rule.name_end);
  if (budget != 0) pools::OfferBudget(pool, static_cast<uint64_t>(budget));
  return pool;
}

}  // namespace

PoolId PoolByRule(const char* rules, const char* thread_name) {
  const char* at = rules;
  PoolRule rule;
  while (*at != '\0' && NextPoolRule(&at, &rule)) {
    char glob[64];
    CopyText(glob, sizeof glob, rule.glob, rule.glob_end);
    if (GlobMatch(glob, thread_name)) return InternForRule(rule, rules);
  }
  return kNoPool;
}

bool DescribeAddress(const char* maps_line, uintptr_t address, char* out, size_t capacity) {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  uintptr_t offset = 0;
  const char* at = ParseHex(maps_line, &begin);
  if (*at != '-') return false;
  at = ParseHex(at + 1, &end);
  if (address < begin || address >= end) return false;
  while (*at == ' ') ++at;
  while (*at != '\0' && *at != ' ') ++at;  // permissions
  while (*at == ' ') ++at;
  ParseHex(at, &offset);
  while (*at != '\0' && *at != '/' && *at != '[') ++at;  // offset, device, inode
  if (*at != '/') return false;                          // no file: [heap], [anon:a/b], nothing
  const char* base = nullptr;
  for (; *at != '\0'; ++at) {
    if (*at == '/') base = at + 1;
  }
  TextBuffer<20> suffix;
  suffix.Text("+").Hex(address - begin + offset);
  const size_t room = capacity - 1 > suffix.size() ? capacity - 1 - suffix.size() : 0;
  CopyText(out, room + 1, base, at);
  const size_t length = TextLength(out);
  CopyText(out + length, capacity - length, suffix.data(), suffix.data() + suffix.size());
  return true;
}

bool ResolveThreads(uint64_t now_ns) {
  FutexLockHolder hold(naming_lock);
  char process_name[kThreadNameBytes] = "";
  ReadThreadName(os::ProcessId(), process_name, sizeof process_name);
  ++pass;
  Batch batch;
  for (Collect(batch, now_ns); batch.count > 0; Collect(batch, now_ns)) {
    for (int index = 0; index < batch.count; ++index) Resolve(batch.threads[index], process_name);
  }
  return batch.any_wants_look;
}

FutexLock& NamingLock() { return naming_lock; }

}  // namespace memgov
