// Facts of made-up processes.
#ifndef MEMGOV_TESTS_UNIT_CLI_EXPLAIN_FACTS_FOR_TEST_H_
#define MEMGOV_TESTS_UNIT_CLI_EXPLAIN_FACTS_FOR_TEST_H_

#include <string>
#include <utility>
#include <vector>

#include "governor/cli/explain/facts.h"

namespace memgov::cli::explain {

constexpr uint64_t kMega = 1 << 20;

inline Mapping MappingOf(MappingKind kind, uint64_t resident, const std::string& name = "") {
  Mapping mapping;
  mapping.begin = 0x1000;
  mapping.end = mapping.begin + resident + 4096;
  mapping.permissions = kind == MappingKind::kReserved ? "---p" : "rw-p";
  mapping.name = name;
  mapping.inode = name.empty() ? 0 : 1;
  mapping.resident_bytes = mapping.proportional_bytes = resident;
  mapping.kind = kind;
  return mapping;
}

// Names as the segment has them, without "memgov_".
inline Reading ReadingOf(const std::vector<std::pair<std::string, uint64_t>>& figures) {
  Reading reading;
  reading.engine = "arena";
  reading.version = "0.1.0";
  for (const auto& [name, value] : figures) {
    reading.names.push_back({"memgov_" + name, "", Unit::kBytes, false});
    reading.values.push_back(value);
  }
  return reading;
}

inline Facts GovernedFacts(uint64_t chunk, const std::vector<std::pair<std::string, uint64_t>>& figures) {
  Facts facts;
  facts.pid = 7;
  facts.command = "gateway";
  facts.preloaded = true;
  facts.engine = "arena";
  facts.figures = ReadingOf(figures);
  facts.figures_are_fresh = true;
  facts.brief.threads = 1;
  facts.mappings = {MappingOf(MappingKind::kProgram, 5 * kMega, "/bin/x"),
                    MappingOf(MappingKind::kChunk, chunk),
                    MappingOf(MappingKind::kMainStack, 8192, "[stack]")};
  return facts;
}

inline Facts GlibcFacts(uint64_t used, uint64_t cached, uint64_t free) {
  Facts facts;
  facts.pid = 7;
  facts.command = "gateway";
  facts.allocator = "glibc";
  facts.preloadable = true;
  facts.brief.threads = 1;
  facts.mappings = {MappingOf(MappingKind::kProgram, 5 * kMega, "/bin/x"),
                    MappingOf(MappingKind::kMallocArena, used + cached + free)};
  GlibcHeap heap;
  heap.arenas = 16;
  heap.resident_bytes = heap.walked_bytes = used + cached + free;
  heap.used_bytes = used;
  heap.cached_bytes = cached;
  heap.free_bytes = free;
  heap.complete = true;
  facts.glibc = heap;
  return facts;
}

}  // namespace memgov::cli::explain

#endif  // MEMGOV_TESTS_UNIT_CLI_EXPLAIN_FACTS_FOR_TEST_H_
