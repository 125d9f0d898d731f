#include "governor/cli/explain/facts.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "governor/cli/explain/pool_names.h"
#include "governor/cli/frame/times.h"
#include "governor/cli/target/control.h"
#include "governor/cli/target/processes.h"

namespace memgov::cli::explain {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr size_t kMostClasses = 512;
constexpr uint64_t kGiga = uint64_t{1} << 30;

bool NameHolds(const std::string& name, std::string_view word) {
  return name.find(word) != std::string::npos;
}

// "arena" of ".../libmemgov-arena.so"; libmemgov.so is the arena engine's other name. A program that has memgov
// linked in maps no such file: it is known by its segment.
void FindObject(Facts& facts) {
  for (const Mapping& mapping : facts.mappings) {
    const size_t slash = mapping.name.rfind("/libmemgov");
    if (slash == std::string::npos || mapping.kind != MappingKind::kProgram) continue;
    facts.preloaded = true;
    facts.engine = "arena";
    for (const char* engine : {"mimalloc", "system"}) {
      if (NameHolds(mapping.name.substr(slash), engine)) facts.engine = engine;
    }
    return;
  }
  const absl::StatusOr<Governed> linked = FindGoverned(facts.pid);
  if (!linked.ok()) return;
  facts.preloaded = true;
  facts.engine = linked->reading.engine;
}

// Who is stopped answers nobody: asking would only wait.
absl::Status CanAnswer(int pid) {
  const absl::StatusOr<Proc::Brief> brief = Proc().ReadBrief(pid);
  if (!brief.ok() || (brief->state != 'T' && brief->state != 't')) return brief.status();
  return absl::UnavailableError("it is stopped (SIGSTOP or a debugger) and answers nobody");
}

absl::StatusOr<std::string> AskMeanwhile(const Governed& process, const char* request,
                                         const ShowProgress& progress) {
  auto answer = std::async(std::launch::async, [&] { return Ask(process, request, kPatience); });
  while (answer.wait_for(std::chrono::milliseconds(100)) != std::future_status::ready)
    progress(-1, "asking it for figures");
  return answer.get();
}

absl::Status TakeAnew(Governed& governed, const ShowProgress& progress) {
  if (const absl::Status can = CanAnswer(governed.pid); !can.ok()) return can;
  const absl::StatusOr<std::string> asked = AskMeanwhile(governed, "refresh", progress);
  return asked.ok() ? Refresh(governed) : asked.status();
}

// What does not change within seconds.
void AskForRest(Facts& facts, const Governed& governed, const ShowProgress& progress) {
  if (const auto classes = AskMeanwhile(governed, "classes", progress); classes.ok()) {
    facts.classes = ParseClasses(*classes);
    facts.exact_pools = ParseExactPools(*classes);
  }
  if (const auto config = AskMeanwhile(governed, "config", progress); config.ok())
    facts.pool_rules = RulesInConfig(*config);
}

// The process' own figures: fresh ones where it answers, else those that its governor wrote last. Who did not
// answer at the first look is not asked again.
void ReadFigures(Facts& facts, const ShowProgress& progress) {
  absl::StatusOr<Governed> governed = FindGoverned(facts.pid);
  if (!governed.ok()) {
    facts.why_no_figures = std::string(governed.status().message());
    return;
  }
  const bool was_asked = facts.figures.has_value();
  if (!was_asked || facts.figures_are_fresh) {
    const absl::Status taken = TakeAnew(*governed, progress);
    facts.figures_are_fresh = taken.ok();
    facts.why_no_figures = std::string(taken.message());
  }
  if (facts.figures_are_fresh && !was_asked) AskForRest(facts, *governed, progress);
  facts.figures = governed->reading;
  facts.engine = governed->reading.engine;
}

// Resident memory of each stack goes to the pool of the thread whose stack pointer lies in it.
void AttributeStacks(Facts& facts, const std::vector<Thread>& threads, const NamePool& pool_of) {
  for (const Thread& thread : threads) {
    const Mapping* const stack = FindMapping(facts.mappings, thread.stack_pointer);
    if (stack == nullptr) continue;
    if (stack->kind == MappingKind::kThreadStack || stack->kind == MappingKind::kMainStack)
      facts.stack_bytes[pool_of(thread)] += stack->resident_bytes;
  }
}

absl::Status ReadMemory(Facts& facts, const std::vector<Thread>& threads) {
  absl::StatusOr<std::vector<Mapping>> mappings = ReadMappings(facts.pid);
  if (!mappings.ok()) return mappings.status();
  if (mappings->empty()) {
    return absl::NotFoundError("process " + std::to_string(facts.pid) +
                               ": has no memory of its own (a kernel thread, or one that ended just now)");
  }
  facts.mappings = *std::move(mappings);
  std::vector<uint64_t> stack_pointers;
  for (const Thread& thread : threads) stack_pointers.push_back(thread.stack_pointer);
  FindObject(facts);
  if (facts.preloaded && facts.engine == "arena") MarkChunks(facts.mappings);
  MarkStacks(facts.mappings, stack_pointers);
  facts.allocator = FindAllocator(facts.mappings);
  facts.preloadable = HasSharedGlibc(facts.mappings);
  return absl::OkStatus();
}

void ReadHeap(Facts& facts, const ShowProgress& progress) {
  // A static program has no library that would name its allocator.
  const bool maybe_glibc = facts.allocator == "glibc" || facts.allocator == "unknown";
  const bool own_books = facts.figures.has_value() || facts.engine == "arena" || facts.engine == "mimalloc";
  if (!maybe_glibc || (facts.preloaded && own_books)) return;
  const absl::StatusOr<GlibcHeap> heap =
      WalkGlibcHeap(facts.pid, facts.mappings, [&](double part) { progress(part, "walking its heap"); });
  facts.glibc.reset();
  if (heap.ok()) {
    facts.glibc = *heap;
    facts.allocator = "glibc";
  } else {
    facts.why_not_walked = std::string(heap.status().message());
  }
}

absl::StatusOr<Look> LookAt(Facts& facts, const std::vector<Thread>& threads, const ShowProgress& progress) {
  Look look;
  const Proc proc;
  // The mappings first, then the figures: they are the quicker ones.
  if (const absl::Status read = ReadMemory(facts, threads); !read.ok()) return read;
  ReadFigures(facts, progress);
  ReadHeap(facts, progress);
  const absl::StatusOr<Proc::Brief> brief = proc.ReadBrief(facts.pid);
  if (!brief.ok()) return brief.status();
  facts.brief = *brief;
  look.time = SteadyNow() - absl::UnixEpoch();
  look.resident_bytes = ResidentOf(facts.mappings);
  look.minor_faults = brief->minor_faults;
  look.major_faults = brief->major_faults;
  if (facts.figures) look.live_bytes = facts.figures->Find("live_bytes");
  if (!look.live_bytes && facts.glibc) look.live_bytes = facts.glibc->used_bytes;
  for (const Mapping& mapping : facts.mappings) look.by_kind[mapping.kind] += mapping.resident_bytes;
  return look;
}

void Wait(absl::Duration watch, const ShowProgress& progress) {
  const absl::Time begin = SteadyNow();
  for (absl::Duration passed; passed < watch; passed = SteadyNow() - begin) {
    progress(absl::FDivDuration(passed, watch), "looking twice");
    absl::SleepFor(std::min(watch - passed, absl::Milliseconds(200)));
  }
}

absl::StatusOr<std::vector<Thread>> LookOnce(Facts& facts, Look* look, const ShowProgress& progress) {
  absl::StatusOr<std::vector<Thread>> threads = ReadThreads(facts.pid);
  if (!threads.ok()) return threads.status();
  const absl::StatusOr<Look> taken = LookAt(facts, *threads, progress);
  if (!taken.ok()) return taken.status();
  *look = *taken;
  return threads;
}

// What does not change within seconds.
absl::Status ReadRest(Facts& facts) {
  const Proc proc;
  const absl::StatusOr<Proc::Status> status = proc.ReadStatus(facts.pid);
  if (!status.ok()) return status.status();
  facts.status = *status;
  facts.command = proc.ReadCommand(facts.pid).value_or(facts.brief.command);
  const auto environment = proc.ReadEnvironment(facts.pid);
  if (environment.ok()) facts.environment = *environment;
  const absl::StatusOr<CgroupMemory> cgroup = ReadCgroupMemory(facts.pid);
  if (cgroup.ok()) facts.cgroup = *cgroup;
  return absl::OkStatus();
}

// Rules are a governed process' own; its answer counts more than its environment, which programs write their
// titles over.
void GroupByPool(Facts& facts, const std::vector<Thread>& before, const std::vector<Thread>& now) {
  const auto variable = facts.environment.find("MEMGOV_POOLS");
  if (facts.preloaded && facts.pool_rules.empty() && variable != facts.environment.end())
    facts.pool_rules = variable->second;
  PoolNames names(facts.pool_rules);
  const NamePool pool_of = [&](const Thread& thread) { return names.Of(thread, facts.pid); };
  AttributeStacks(facts, now, pool_of);
  facts.thread_pools = GroupThreads(before, now, pool_of);
}

// It was there at the first look.
absl::Status MeanwhileGone(int pid, const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError("process " + std::to_string(pid) + ": it ended while it was looked at");
}

}  // namespace

absl::StatusOr<Facts> GatherFacts(int pid, absl::Duration watch, const ShowProgress& progress) {
  if (const absl::Status process = Proc().CheckNoThread(pid); !process.ok()) return process;
  Facts facts;
  facts.pid = pid;
  absl::StatusOr<std::vector<Thread>> before = LookOnce(facts, &facts.first, progress);
  if (!before.ok()) return before.status();
  facts.second = facts.first;
  std::vector<Thread> threads = *before;
  if (watch > absl::ZeroDuration()) {
    Wait(watch, progress);
    absl::StatusOr<std::vector<Thread>> now = LookOnce(facts, &facts.second, progress);
    if (!now.ok()) return MeanwhileGone(pid, now.status());
    threads = *std::move(now);
  } else {
    before->clear();
  }
  if (const absl::Status read = ReadRest(facts); !read.ok()) return MeanwhileGone(pid, read);
  GroupByPool(facts, *before, threads);
  return facts;
}

uint64_t ResidentOf(const std::vector<Mapping>& mappings, MappingKind kind) {
  uint64_t bytes = 0;
  for (const Mapping& mapping : mappings) bytes += mapping.kind == kind ? mapping.resident_bytes : 0;
  return bytes;
}

uint64_t ResidentOf(const std::vector<Mapping>& mappings) {
  uint64_t bytes = 0;
  for (const Mapping& mapping : mappings) bytes += mapping.resident_bytes;
  return bytes;
}

bool HasSharedGlibc(const std::vector<Mapping>& mappings) {
  return std::any_of(mappings.begin(), mappings.end(), [](const Mapping& mapping) {
    return mapping.kind == MappingKind::kProgram &&
           (NameHolds(mapping.name, "/libc.so.6") || NameHolds(mapping.name, "/libc-2."));
  });
}

std::string FindAllocator(const std::vector<Mapping>& mappings) {
  for (const Mapping& mapping : mappings) {
    if (mapping.kind != MappingKind::kProgram) continue;
    for (const char* name : {"jemalloc", "tcmalloc", "mimalloc", "snmalloc", "hoard"}) {
      if (NameHolds(mapping.name, std::string("/lib") + name)) return name;
    }
    if (NameHolds(mapping.name, "/ld-musl")) return "musl";
  }
  return HasSharedGlibc(mappings) ? "glibc" : "unknown";
}

bool IsPython(const Facts& facts) {
  return std::any_of(facts.mappings.begin(), facts.mappings.end(), [](const Mapping& mapping) {
    return mapping.kind == MappingKind::kProgram &&
           (NameHolds(mapping.name, "/python3") || NameHolds(mapping.name, "/libpython3"));
  });
}

std::vector<SizeClass> ParseClasses(std::string_view text) {
  std::vector<SizeClass> classes;
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("classes") || !json["classes"].is_array()) return classes;
  for (const nlohmann::json& entry : json["classes"]) {
    if (!entry.is_object() || classes.size() == kMostClasses) break;
    const auto number = [&entry](const char* key) {
      const auto found = entry.find(key);
      return found != entry.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
    };
    classes.push_back({number("block_bytes"), number("slabs"), number("live_blocks"), number("free_blocks"),
                       number("waste_bytes")});
    SizeClass& added = classes.back();
    // Bounded, so that nothing that a process says overflows.
    added.unused_bytes = std::min(added.block_bytes, kGiga) * std::min(added.free_blocks, kGiga) +
                         std::min(added.waste_bytes, kGiga);
  }
  std::stable_sort(classes.begin(), classes.end(),
                   [](const SizeClass& a, const SizeClass& b) { return a.unused_bytes > b.unused_bytes; });
  return classes;
}

std::set<std::string> ParseExactPools(std::string_view text) {
  std::set<std::string> pools;
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("pools") || !json["pools"].is_array()) return pools;
  for (const nlohmann::json& entry : json["pools"]) {
    if (entry.is_object() && entry.contains("pool") && entry["pool"].is_string())
      pools.insert(entry["pool"].get<std::string>());
  }
  return pools;
}

}  // namespace memgov::cli::explain
