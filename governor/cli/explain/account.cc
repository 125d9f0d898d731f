#include "governor/cli/explain/account.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli::explain {
namespace {

class Accountant {
 public:
  explicit Accountant(const Facts& facts) : facts_(facts) {}

  Account Make();

 private:
  void Add(const char* name, std::string title, uint64_t bytes, bool heap = false, bool free = false) {
    if (bytes > 0) account_.parts.push_back({name, std::move(title), bytes, heap, free});
  }
  uint64_t Resident(MappingKind kind) const { return ResidentOf(facts_.mappings, kind); }
  void AddTotals();
  void AddArena();
  void AddBorrowed();
  void AddGlibc();
  void AddPlainHeap();
  void AddHeap();
  void AddStacks();
  void AddProgram();
  void AddOthers();
  std::string AnonymousTitle() const;

  const Facts& facts_;
  Account account_;
  uint64_t anonymous_left_ = 0;  // of kAnonymous, what no part has taken
};

void Accountant::AddTotals() {
  for (const Mapping& mapping : facts_.mappings) {
    account_.resident_bytes += mapping.resident_bytes;
    account_.proportional_bytes += mapping.proportional_bytes;
    account_.huge_bytes += mapping.huge_bytes;
    account_.lazy_free_bytes += mapping.lazy_free_bytes;
    account_.swap_bytes += mapping.swap_bytes;
    if (!mapping.HasAccess()) account_.reserved_bytes += mapping.size();
  }
}

// The engine's books are exact, but count bytes that were handed out or kept and never written to; those take
// no memory. Which of them is which nobody knows: live and free blocks in slabs are cut alike.
void Accountant::AddArena() {
  const Reading& figures = *facts_.figures;
  uint64_t left = Resident(MappingKind::kChunk);
  const auto take = [&left](uint64_t wanted) {
    const uint64_t taken = std::min(wanted, left);
    left -= taken;
    return taken;
  };
  const uint64_t dirty = take(figures.Value("dirty_bytes"));
  const uint64_t metadata = take(figures.Value("metadata_bytes"));
  const uint64_t slots = take(figures.Value("slot_bytes"));
  const uint64_t live = figures.Value("live_bytes");
  const uint64_t fragmentation = figures.Value("fragmentation_bytes");
  const double booked = static_cast<double>(live) + static_cast<double>(fragmentation);
  const double share = booked > static_cast<double>(left) ? static_cast<double>(left) / booked : 1;
  const auto fragmented = take(static_cast<uint64_t>(static_cast<double>(fragmentation) * share));
  const uint64_t used = take(live);
  account_.untouched_bytes = live - used + (fragmentation - fragmented);
  Add("live", "in use by the program (blocks from malloc)", used, true);
  Add("fragmentation", "free blocks between used ones (fragmentation)", fragmented, true, true);
  Add("slots", "free blocks cached by CPU", slots, true, true);
  Add("dirty",
      absl::StrCat("free pages kept for the next ",
                   cli::FormatDuration(absl::Nanoseconds(figures.Value("demand_window_seconds"))),
                   " of demand"),
      dirty, true, true);
  Add("metadata", "memgov's page maps and headers", metadata, true);
  account_.not_accounted_bytes = left;
}

// Engines that borrow another allocator: its memory lies among the process' other anonymous memory.
void Accountant::AddBorrowed() {
  const Reading& figures = *facts_.figures;
  uint64_t left = anonymous_left_ + Resident(MappingKind::kMainHeap) + Resident(MappingKind::kMallocArena);
  const uint64_t live = std::min(left, figures.Value("live_bytes"));
  left -= live;
  const uint64_t beyond = figures.Value("held_bytes") - std::min(figures.Value("held_bytes"), live);
  const uint64_t held = std::min(left, beyond);
  Add("live", "in use by the program (blocks from malloc; sampled)", live, true);
  Add("held", absl::StrCat("free, kept by ", facts_.engine == "system" ? "glibc" : "mimalloc"), held, true,
      true);
  anonymous_left_ = left - held;
}

void Accountant::AddGlibc() {
  const GlibcHeap& heap = *facts_.glibc;
  uint64_t left = std::min(heap.resident_bytes, heap.walked_bytes);
  const uint64_t used = std::min(left, heap.used_bytes);
  left -= used;
  const uint64_t cached = std::min(left, heap.cached_bytes);
  left -= cached;
  const uint64_t fast = std::min(left, heap.fast_bin_bytes);
  left -= fast;
  Add("live", "in use by the program (blocks from malloc)", used, true);
  Add("thread_caches", "free, in glibc's caches per thread", cached, true, true);
  Add("free", absl::StrCat("free, inside glibc's ", heap.arenas, heap.arenas == 1 ? " arena" : " arenas"),
      left + fast, true, true);
  Add("not_walked", "glibc's heap, of a layout that is not known",
      heap.resident_bytes - std::min(heap.resident_bytes, heap.walked_bytes), true);
}

// Used or free: cannot be told from outside.
void Accountant::AddPlainHeap() {
  if (facts_.preloaded) Add("heap", "memgov's heap, used and free", Resident(MappingKind::kChunk), true);
  Add("main_heap", "[heap]: malloc's main arena, used and free", Resident(MappingKind::kMainHeap), true);
  Add("arenas", "malloc's other arenas, used and free", Resident(MappingKind::kMallocArena), true);
}

void Accountant::AddHeap() {
  anonymous_left_ = Resident(MappingKind::kAnonymous);
  if (facts_.figures && facts_.engine == "arena" && Resident(MappingKind::kChunk) > 0) {
    AddArena();
    Add("main_heap", "[heap]: the C library's, from before memgov served",
        Resident(MappingKind::kMainHeap) + Resident(MappingKind::kMallocArena), true);
  } else if (facts_.figures && facts_.engine != "arena") {
    AddBorrowed();
  } else if (facts_.glibc) {
    AddGlibc();
  } else {
    AddPlainHeap();
  }
}

void Accountant::AddStacks() {
  std::vector<std::string> pools;
  for (const ThreadPool& pool : facts_.thread_pools) {
    if (pools.size() < 3) pools.push_back(absl::StrCat(Printable(pool.name), " ", pool.threads));
  }
  const uint64_t threads = facts_.brief.threads;
  std::string title = absl::StrCat("stacks of ", threads, threads == 1 ? " thread" : " threads");
  if (threads > 1)
    absl::StrAppend(&title, ": ", absl::StrJoin(pools, ", "), facts_.thread_pools.size() > 3 ? ", ..." : "");
  Add("stacks", title, Resident(MappingKind::kThreadStack) + Resident(MappingKind::kMainStack));
}

// What memgov's own object brings is named apart: its code, its tables, and its .bss behind them.
void Accountant::AddProgram() {
  uint64_t own = 0;
  uint64_t program = 0;
  uint64_t shared = 0;
  bool in_own = false;
  for (const Mapping& mapping : facts_.mappings) {
    if (mapping.kind != MappingKind::kProgram) continue;
    if (mapping.inode != 0) in_own = mapping.name.find("/libmemgov") != std::string::npos;
    (in_own ? own : program) += mapping.resident_bytes;
    shared += mapping.proportional_bytes;
  }
  Add("program", absl::StrCat("program and libraries (PSS ", FormatBytes(shared), ")"), program);
  Add("memgov", "memgov's own code and tables", own);
}

std::string Accountant::AnonymousTitle() const {
  if (!facts_.preloaded && facts_.allocator != "glibc" && facts_.allocator != "unknown" &&
      facts_.allocator != "musl") {
    return absl::StrCat("heap of ", facts_.allocator, ", and what the program mapped itself");
  }
  if (IsPython(facts_)) return "mapped by the program itself, Python's own arenas among it";
  if (facts_.preloaded) return "mapped by the program itself";
  return "large blocks of malloc, and what the program mapped itself";
}

void Accountant::AddOthers() {
  Add("anonymous", AnonymousTitle(), anonymous_left_);
  Add("shared_memory", "shared memory", Resident(MappingKind::kSharedMemory));
  Add("files", "other files", Resident(MappingKind::kFile));
  Add("kernel", "pages of the kernel's ([vdso])",
      Resident(MappingKind::kKernel) + Resident(MappingKind::kReserved));
}

Account Accountant::Make() {
  AddTotals();
  AddHeap();
  AddStacks();
  AddProgram();
  AddOthers();
  std::stable_sort(account_.parts.begin(), account_.parts.end(),
                   [](const Part& a, const Part& b) { return a.bytes > b.bytes; });
  return account_;
}

}  // namespace

uint64_t Account::BytesOf(const std::string& name) const {
  uint64_t bytes = 0;
  for (const Part& part : parts) bytes += part.name == name ? part.bytes : 0;
  return bytes;
}

uint64_t Account::FreeBytes() const {
  uint64_t bytes = 0;
  for (const Part& part : parts) bytes += part.free ? part.bytes : 0;
  return bytes;
}

Account MakeAccount(const Facts& facts) { return Accountant(facts).Make(); }

uint64_t ReleasableBytes(const Facts& facts) {
  if (!facts.figures) return 0;
  return facts.figures->Value("dirty_bytes") + facts.figures->Value("slot_bytes");
}

}  // namespace memgov::cli::explain
