#include "governor/cli/explain/advice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli::explain {
namespace {

constexpr uint64_t kMega = 1 << 20;
constexpr size_t kMostPieces = 5;
// Below both nothing is worth a change: 8 MiB, a tenth of the RSS.
constexpr uint64_t kWorthBytes = 8 * kMega;
constexpr uint64_t kWorthPart = 10;
constexpr uint64_t kManyThreads = 100;
constexpr uint64_t kManyArenas = 4;
constexpr uint64_t kNearLimitPercent = 90;

class Doctor {
 public:
  Doctor(const Facts& facts, const Account& account, const Returnable& returnable)
      : facts_(facts), account_(account), returnable_(returnable) {}

  std::vector<Advice> Look();

 private:
  void Say(const char* name, uint64_t bytes, std::string text) { advice_.push_back({name, text, bytes}); }
  bool IsWorth(uint64_t bytes) const {
    return bytes >= kWorthBytes && bytes >= account_.resident_bytes / kWorthPart;
  }
  uint64_t Figure(const char* name) const { return facts_.figures ? facts_.figures->Value(name) : 0; }
  std::string WorstPool() const;
  std::string WorstClass() const;

  void LookAtRelease();
  void LookAtFragmentation();
  void LookAtLimits();
  void LookAtExport();
  void LookAtGlibc();
  void LookAtPython();
  void LookAtThreads();
  void LookAtKernel();

  const Facts& facts_;
  const Account& account_;
  const Returnable& returnable_;
  std::vector<Advice> advice_;
};

std::string Doctor::WorstPool() const {
  const PoolReading* worst = nullptr;
  uint64_t most = 0;
  const auto beyond = [this](const PoolReading& pool) {
    const uint64_t held = facts_.figures->PoolValue(pool, "held_bytes");
    return held - std::min(held, facts_.figures->PoolValue(pool, "live_bytes"));
  };
  for (const PoolReading& pool : facts_.figures->pools) {
    if (beyond(pool) <= most) continue;
    most = beyond(pool);
    worst = &pool;
  }
  if (worst == nullptr) return "";
  if (!facts_.exact_pools.contains(worst->name)) return "";
  most = std::min(most, account_.BytesOf("fragmentation"));
  return absl::StrCat(" Most of it (", FormatBytes(most), ") is in pool ", Printable(worst->name), ".");
}

std::string Doctor::WorstClass() const {
  if (facts_.classes.empty() || facts_.classes[0].unused_bytes == 0) return "";
  return absl::StrCat(" The worst size is ", facts_.classes[0].block_bytes, " bytes, with ",
                      FormatBytes(facts_.classes[0].unused_bytes), ".");
}

void Doctor::LookAtRelease() {
  const uint64_t bytes = ReleasableBytes(facts_);
  if (!IsWorth(bytes)) return;
  Say("release", bytes,
      absl::StrCat(FormatBytes(bytes),
                   " is free and kept for demand. Under load that is as it should be; it "
                   "goes back by itself at rest. `memgov release ",
                   facts_.pid, "` gives it back now."));
}

void Doctor::LookAtFragmentation() {
  const uint64_t bytes = account_.BytesOf("fragmentation");
  if (Figure("recycle_advised") == 1) {
    Say("recycle", Figure("recycle_recoverable_bytes"),
        absl::StrCat("Restart it at a quiet moment: that wins ",
                     FormatBytes(Figure("recycle_recoverable_bytes")), ", which no release can."));
  } else if (IsWorth(bytes)) {
    const char* const remedy =
        facts_.environment.contains("MEMGOV_POOLS")
            ? " A restart wins it back."
            : " A restart wins it back. Pools that MEMGOV_POOLS names have shards of their own, "
              "which keep their blocks together and tell which pool it is.";
    Say("fragmentation", bytes,
        absl::StrCat(FormatBytes(bytes), " lies between blocks in use, where no release gets at it.",
                     WorstPool(), WorstClass(), remedy));
  }
}

void Doctor::LookAtLimits() {
  if (const uint64_t refused = Figure("refused_allocations_total"); refused > 0) {
    Say("refused", Figure("refused_bytes_total"),
        absl::StrCat(refused, " allocations were refused at the hard budget (",
                     FormatBytes(Figure("hard_budget_bytes")),
                     "). Raise it (MEMGOV_BUDGET), or ask memgov_admit before taking work."));
  }
  if (!facts_.cgroup || !facts_.cgroup->has_limit) return;
  const CgroupMemory& cgroup = *facts_.cgroup;
  if (cgroup.working_set_bytes / kNearLimitPercent >= cgroup.limit_bytes / 100) {
    Say("limit", cgroup.working_set_bytes,
        absl::StrCat("The container's working set is ", FormatBytes(cgroup.working_set_bytes), " of ",
                     FormatBytes(cgroup.limit_bytes),
                     ": it is about to be killed. Raise the limit, or lower "
                     "the load."));
  }
}

void Doctor::LookAtExport() {
  if (!facts_.preloaded || facts_.figures) return;
  Say("export", 0,
      absl::StrCat("memgov is loaded, but its figures cannot be read: ", Printable(facts_.why_no_figures),
                   ". Without them its heap is one line."));
}

void Doctor::LookAtGlibc() {
  if (facts_.preloaded) return;
  if (facts_.preloadable && returnable_.known && IsWorth(returnable_.likely_bytes)) {
    Say("govern", returnable_.likely_bytes,
        absl::StrCat("Start it with memgov (`memgov run -- COMMAND`): that would likely give back ",
                     FormatBytes(returnable_.likely_bytes), ". `memgov try -- COMMAND` measures it."));
  }
  if (facts_.glibc && facts_.glibc->arenas > kManyArenas &&
      !facts_.environment.contains("MALLOC_ARENA_MAX") && IsWorth(account_.BytesOf("free"))) {
    Say("arenas", account_.BytesOf("free"),
        absl::StrCat(
            "If it has to stay with glibc: MALLOC_ARENA_MAX=2 in its environment keeps less free memory in "
            "fewer arenas (now ",
            facts_.glibc->arenas,
            "), at the price of threads that wait for each "
            "other."));
  }
}

void Doctor::LookAtPython() {
  const auto variable = facts_.environment.find("PYTHONMALLOC");
  const uint64_t bytes = account_.BytesOf("anonymous");
  if (!IsPython(facts_) || variable != facts_.environment.end() || !IsWorth(bytes)) return;
  Say("pythonmalloc", bytes,
      absl::StrCat(FormatBytes(bytes),
                   " was mapped past malloc, much of it by Python's own allocator for small "
                   "objects, which memgov does not see. PYTHONMALLOC=malloc in its environment brings it "
                   "under memgov; it costs some speed."));
}

void Doctor::LookAtThreads() {
  const uint64_t stacks = account_.BytesOf("stacks");
  uint64_t parked = 0;
  for (const ThreadPool& pool : facts_.thread_pools) parked += pool.parked;
  if (parked < kManyThreads || !IsWorth(stacks)) return;
  Say("threads", stacks,
      absl::StrCat(parked, " of ", facts_.brief.threads,
                   " threads did nothing while looked at; all stacks hold ", FormatBytes(stacks),
                   ". Smaller pools need less."));
}

void Doctor::LookAtKernel() {
  if (IsWorth(account_.huge_bytes) && account_.huge_bytes >= account_.resident_bytes / 4) {
    Say("huge_pages", account_.huge_bytes,
        absl::StrCat(FormatBytes(account_.huge_bytes),
                     " is in huge pages: a byte in use keeps 2 MB. Where that is too "
                     "much: madvise in /sys/kernel/mm/transparent_hugepage/enabled."));
  }
  if (IsWorth(account_.swap_bytes)) {
    Say("swap", account_.swap_bytes,
        absl::StrCat(FormatBytes(account_.swap_bytes),
                     " more is swapped out: it is not in the RSS, and comes back "
                     "slowly when it is used."));
  }
  if (IsWorth(account_.lazy_free_bytes)) {
    Say("lazy_free", account_.lazy_free_bytes,
        absl::StrCat(FormatBytes(account_.lazy_free_bytes),
                     " was given up (MADV_FREE) and still counts: the kernel "
                     "takes it when it needs it."));
  }
}

std::vector<Advice> Doctor::Look() {
  LookAtRelease();
  LookAtFragmentation();
  LookAtLimits();
  LookAtExport();
  LookAtGlibc();
  LookAtPython();
  LookAtThreads();
  LookAtKernel();
  std::stable_sort(advice_.begin(), advice_.end(),
                   [](const Advice& a, const Advice& b) { return a.bytes > b.bytes; });
  if (advice_.size() > kMostPieces) advice_.resize(kMostPieces);
  return advice_;
}

}  // namespace

std::vector<Advice> FindAdvice(const Facts& facts, const Account& account, const Returnable& returnable) {
  return Doctor(facts, account, returnable).Look();
}

}  // namespace memgov::cli::explain
