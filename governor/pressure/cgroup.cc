#include "governor/pressure/cgroup.h"

#include "governor/base/text.h"
#include "governor/pressure/level_path.h"
#include "governor/pressure/line_reader.h"

namespace memgov {
namespace {

// v1 says "none" as the largest multiple of the page size below 2^63; nothing real comes near 2^62.
constexpr uint64_t kBeyondReason = uint64_t{1} << 62;

uint64_t LimitOrNone(uint64_t bytes) { return bytes < kBeyondReason ? bytes : kNoLimit; }
uint64_t Least(uint64_t a, uint64_t b) { return a < b ? a : b; }
uint64_t Less(uint64_t from, uint64_t bytes) { return from > bytes ? from - bytes : 0; }

// Which lines of memory.stat count. v1 has a cgroup's own figures and, as total_, those with its descendants,
// which its usage and limit are about.
struct StatKeys {
  const char* anonymous;
  const char* file[2];
  const char* slab;
  const char* limit;
};
constexpr StatKeys kKeysV1 = {
    "total_rss", {"total_active_file", "total_inactive_file"}, nullptr, "hierarchical_memory_limit"};
constexpr StatKeys kKeysV2 = {"anon", {"active_file", "inactive_file"}, "slab_reclaimable", nullptr};

struct Stat {
  uint64_t anonymous = 0;
  uint64_t file = 0;
  uint64_t slab = 0;
  uint64_t limit = kNoLimit;  // v1: the least of this level and all above, those beyond the mount too
};

Stat ReadStat(LevelPath& level, CgroupVersion version) {
  const StatKeys& keys = version == CgroupVersion::kV1 ? kKeysV1 : kKeysV2;
  Stat stat;
  uint64_t file[2] = {};
  char buffer[512];
  LineReader reader(level.File("memory.stat"), buffer, sizeof buffer);
  while (const char* line = reader.Next()) {
    FindKeyedNumber(line, keys.anonymous, &stat.anonymous);
    FindKeyedNumber(line, keys.file[0], &file[0]);
    FindKeyedNumber(line, keys.file[1], &file[1]);
    if (keys.slab != nullptr) FindKeyedNumber(line, keys.slab, &stat.slab);
    if (keys.limit != nullptr) FindKeyedNumber(line, keys.limit, &stat.limit);
  }
  stat.limit = LimitOrNone(stat.limit);
  if (LimitOrNone(stat.anonymous) == kNoLimit) stat.anonymous = 0;
  if (__builtin_add_overflow(file[0], file[1], &stat.file)) stat.file = 0;
  return stat;
}

struct Use {
  bool valid = false;
  uint64_t usage = 0;
  uint64_t charged = 0;
  Stat stat;
};

// Without memory.stat (gVisor's v1 has none) all of the usage counts.
Use ReadUse(LevelPath& level, CgroupVersion version) {
  Use use;
  use.usage = level.Number(version == CgroupVersion::kV1 ? "memory.usage_in_bytes" : "memory.current");
  use.valid = LimitOrNone(use.usage) != kNoLimit;
  if (!use.valid) return use;
  use.stat = ReadStat(level, version);
  use.charged = Less(Less(use.usage, use.stat.file), use.stat.slab);
  // The counters of memory.stat lag each other; what is anonymous is certainly charged.
  if (use.charged < use.stat.anonymous) use.charged = Least(use.stat.anonymous, use.usage);
  return use;
}

uint64_t LevelLimit(LevelPath& level, CgroupVersion version) {
  if (version == CgroupVersion::kV1) return LimitOrNone(level.Number("memory.limit_in_bytes"));
  return LimitOrNone(Least(level.Number("memory.max"), level.Number("memory.high")));
}

// v1 before Linux 5.11: a parent with use_hierarchy = 0 neither counts nor limits its children.
bool UpToWhatCounts(LevelPath& level, CgroupVersion version) {
  const size_t here = level.bytes();
  if (!level.Up()) return false;
  if (version != CgroupVersion::kV1 || level.Number("memory.use_hierarchy") != 0) return true;
  level.Go(here);
  return false;
}

struct Tightest {
  uint64_t limit = kNoLimit;
  int64_t headroom = INT64_MAX;  // negative: a limit was lowered below what is charged

  void Take(uint64_t level_limit, uint64_t charged) {
    const int64_t room = static_cast<int64_t>(level_limit) - static_cast<int64_t>(charged);
    if (room < headroom) headroom = room;
    limit = Least(limit, level_limit);
  }
};

}  // namespace

uint64_t CgroupFiles::ReadLimit() const {
  if (version_ == CgroupVersion::kNone) return kNoLimit;
  LevelPath level(memory_, mount_bytes_);
  uint64_t limit = version_ == CgroupVersion::kV1 ? ReadStat(level, version_).limit : kNoLimit;
  do limit = Least(limit, LevelLimit(level, version_));
  while (UpToWhatCounts(level, version_));
  return limit;
}

CgroupReading CgroupFiles::Read() const {
  CgroupReading reading;
  if (version_ == CgroupVersion::kNone) return reading;
  LevelPath level(memory_, mount_bytes_);
  Tightest tightest;
  Use own;
  do {
    const uint64_t limit = LevelLimit(level, version_);
    if (limit == kNoLimit && own.valid) continue;
    const Use use = ReadUse(level, version_);
    if (!use.valid) continue;
    if (!own.valid) own = use;
    if (limit != kNoLimit) tightest.Take(limit, use.charged);
  } while (UpToWhatCounts(level, version_));
  if (own.valid && own.stat.limit < tightest.limit) {
    // An ancestor that is not mounted here is tighter. It has charged at least what the highest level in
    // sight has.
    const Use top = ReadUse(level, version_);
    tightest.Take(own.stat.limit, top.valid ? top.charged : own.charged);
  }
  reading.valid = tightest.limit != kNoLimit;
  reading.limit_bytes = tightest.limit;
  reading.charged_bytes = own.charged;
  if (reading.valid) {
    reading.charged_bytes = static_cast<uint64_t>(static_cast<int64_t>(tightest.limit) - tightest.headroom);
  }
  reading.anonymous_bytes = own.stat.anonymous;
  reading.file_bytes = own.stat.file;
  reading.usage_bytes = own.usage;
  return reading;
}

size_t CgroupFiles::LimitedLevel() const {
  LevelPath level(memory_, mount_bytes_);
  const size_t own = level.bytes();
  do {
    if (LevelLimit(level, version_) != kNoLimit) return level.bytes();
  } while (UpToWhatCounts(level, version_));
  return own;
}

void CgroupFiles::EventsFile(char* out, size_t capacity) const {
  LevelPath level(memory_, mount_bytes_);
  level.Go(events_bytes_);
  const char* path = level.File(version_ == CgroupVersion::kV1 ? "memory.failcnt" : "memory.events");
  CopyText(out, capacity, path, path + TextLength(path));
}

CgroupEvents CgroupFiles::ReadEvents() const {
  CgroupEvents events;
  if (version_ == CgroupVersion::kNone) return events;
  LevelPath level(memory_, mount_bytes_);
  level.Go(events_bytes_);
  char buffer[256];
  if (version_ == CgroupVersion::kV1) {
    const uint64_t failures = level.Number("memory.failcnt");
    if (failures != kNoLimit) events.max = failures;
  }
  LineReader reader(level.File(version_ == CgroupVersion::kV1 ? "memory.oom_control" : "memory.events"),
                    buffer, sizeof buffer);
  while (const char* line = reader.Next()) ParseEvents(line, &events);
  return events;
}

}  // namespace memgov
