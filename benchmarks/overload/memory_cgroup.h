// MemoryCgroup: a memory cgroup of our own with a limit, for one process under test.
//
// Safety: one thread. What still runs in it when the object goes is killed, and the folder removed; folders
// that an earlier driver left behind because it was killed are removed by the next Create.
#ifndef BENCHMARKS_OVERLOAD_MEMORY_CGROUP_H_
#define BENCHMARKS_OVERLOAD_MEMORY_CGROUP_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "cgroup_place.h"

namespace overload {

class MemoryCgroup {
 public:
  // Version 1: below our own. Version 2: below our own or the nearest above it that may have children with
  // limits (a cgroup with processes in it may not). The error says what is missing.
  static absl::StatusOr<std::unique_ptr<MemoryCgroup>> Create(const CgroupPlace& place, uint64_t limit_bytes);
  ~MemoryCgroup();
  MemoryCgroup(const MemoryCgroup&) = delete;
  MemoryCgroup& operator=(const MemoryCgroup&) = delete;

  // A process that writes its id into this file enters.
  std::filesystem::path processes() const { return folder_ / "cgroup.procs"; }

  struct Reading {
    uint64_t usage_bytes = 0;
    std::optional<uint64_t> peak_bytes;  // nothing before Linux 5.19 under version 2
    uint64_t failed_charges = 0;  // times that the limit was met: memory.failcnt, or "max" of memory.events
    uint64_t oom_kills = 0;
  };
  Reading Read() const;

 private:
  MemoryCgroup(int version, std::filesystem::path folder) : version_(version), folder_(std::move(folder)) {}

  const int version_;
  const std::filesystem::path folder_;
};

}  // namespace overload

#endif  // BENCHMARKS_OVERLOAD_MEMORY_CGROUP_H_
