// What a mapping is for, as far as name, size and neighbours tell.
#include <set>

#include "governor/cli/proc/mappings.h"

namespace memgov::cli {
namespace {

// HEAP_MAX_SIZE of glibc's malloc/arena.c on 64-bit: twice DEFAULT_MMAP_THRESHOLD_MAX.
constexpr uint64_t kHeapBytes = uint64_t{64} << 20;
// Guards: a page by default; Rust and Java ask for more (pthread_attr_setguardsize).
constexpr uint64_t kLargestGuard = uint64_t{1} << 20;
constexpr uint64_t kSmallestStack = uint64_t{16} << 10;
constexpr uint64_t kLargestStack = uint64_t{1} << 30;
constexpr uint64_t kChunkAlignment = uint64_t{1} << 30;  // shim/arena/chunk.h
constexpr uint64_t kPageMapBytes = uint64_t{2} << 20;

bool Follows(const Mapping& mapping, const Mapping& previous) { return mapping.begin == previous.end; }

MappingKind KindByName(const Mapping& mapping, const std::set<uint64_t>& programs) {
  const std::string& name = mapping.name;
  if (name == "[heap]") return MappingKind::kMainHeap;
  if (name == "[stack]") return MappingKind::kMainStack;
  if (name.starts_with("[v")) return MappingKind::kKernel;
  if (!mapping.IsPrivate() &&
      (name.starts_with("/dev/shm/") || name.starts_with("/memfd:") || name.starts_with("/SYSV") ||
       name.starts_with("/dev/zero") || name.starts_with("[anon_shmem:"))) {
    return MappingKind::kSharedMemory;
  }
  if (mapping.inode != 0)
    return programs.contains(mapping.inode) ? MappingKind::kProgram : MappingKind::kFile;
  if (!mapping.HasAccess()) return MappingKind::kReserved;
  return MappingKind::kAnonymous;
}

// All mappings of a file of which some part is executable.
std::set<uint64_t> FindPrograms(const std::vector<Mapping>& mappings) {
  std::set<uint64_t> inodes;
  for (const Mapping& mapping : mappings) {
    if (mapping.inode != 0 && mapping.permissions[2] == 'x') inodes.insert(mapping.inode);
  }
  return inodes;
}

// A heap of an arena: from a multiple of 64 MiB, written from its begin on, with the rest of 64 MiB behind it
// without access; both parts together end on a multiple of 64 MiB. Neighbouring heaps that are full show as
// one mapping.
size_t MarkHeap(std::vector<Mapping>& mappings, size_t index) {
  Mapping& first = mappings[index];
  if (first.begin % kHeapBytes != 0 || !first.IsPlain() || !first.IsWritable()) return 0;
  if (first.end % kHeapBytes == 0) {
    first.kind = MappingKind::kMallocArena;
    return 1;
  }
  if (index + 1 == mappings.size()) return 0;
  Mapping& rest = mappings[index + 1];
  if (!Follows(rest, first) || !rest.IsPlain() || rest.HasAccess() || rest.end % kHeapBytes != 0 ||
      rest.end - first.end >= kHeapBytes) {
    return 0;
  }
  first.kind = rest.kind = MappingKind::kMallocArena;
  return 2;
}

void MarkHeaps(std::vector<Mapping>& mappings) {
  for (size_t index = 0; index < mappings.size();) {
    const size_t marked = MarkHeap(mappings, index);
    index += marked == 0 ? 1 : marked;
  }
}

// .bss lies behind the last part of its file. Blocks that the kernel happened to map behind that are the same
// mapping, and counted as the program's.
void MarkProgramData(std::vector<Mapping>& mappings) {
  for (size_t index = 1; index < mappings.size(); ++index) {
    Mapping& mapping = mappings[index];
    const Mapping& previous = mappings[index - 1];
    if (mapping.kind == MappingKind::kAnonymous && mapping.IsPlain() && Follows(mapping, previous) &&
        previous.kind == MappingKind::kProgram && previous.inode != 0) {
      mapping.kind = MappingKind::kProgram;
    }
  }
}

void MarkGuardedStacks(std::vector<Mapping>& mappings) {
  for (size_t index = 1; index < mappings.size(); ++index) {
    Mapping& mapping = mappings[index];
    const Mapping& guard = mappings[index - 1];
    if (mapping.kind == MappingKind::kAnonymous && mapping.IsPlain() && mapping.IsWritable() &&
        guard.kind == MappingKind::kReserved && guard.IsPlain() && Follows(mapping, guard) &&
        guard.size() <= kLargestGuard && mapping.size() >= kSmallestStack &&
        mapping.size() <= kLargestStack) {
      mapping.kind = MappingKind::kThreadStack;
    }
  }
}

}  // namespace

void ClassifyMappings(std::vector<Mapping>& mappings) {
  const std::set<uint64_t> programs = FindPrograms(mappings);
  for (Mapping& mapping : mappings) mapping.kind = KindByName(mapping, programs);
  MarkHeaps(mappings);
  MarkProgramData(mappings);
  MarkGuardedStacks(mappings);
}

void MarkChunks(std::vector<Mapping>& mappings) {
  for (size_t index = 0; index < mappings.size(); ++index) {
    const Mapping& first = mappings[index];
    if (first.begin % kChunkAlignment != 0 || !first.IsPlain() || !first.IsWritable() ||
        first.size() < kPageMapBytes) {
      continue;
    }
    // What follows without a gap below the next GiB is the same chunk's: pages in use, decommitted and
    // reserved ones.
    const uint64_t limit = first.begin + kChunkAlignment;
    for (size_t part = index; part < mappings.size(); ++part) {
      Mapping& mapping = mappings[part];
      const bool begins = part == index;
      if (!begins && (!Follows(mapping, mappings[part - 1]) || mapping.begin >= limit)) break;
      if (!mapping.IsPlain()) break;
      mapping.kind = MappingKind::kChunk;
    }
  }
}

void MarkStacks(std::vector<Mapping>& mappings, const std::vector<uint64_t>& addresses) {
  for (const uint64_t address : addresses) {
    const Mapping* const found = FindMapping(mappings, address);
    if (found == nullptr || found->kind != MappingKind::kAnonymous || !found->IsWritable()) continue;
    mappings[static_cast<size_t>(found - mappings.data())].kind = MappingKind::kThreadStack;
  }
}

}  // namespace memgov::cli
