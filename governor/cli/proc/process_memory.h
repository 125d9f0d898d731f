// Reads the memory of another process without stopping it (/proc/PID/mem), and only what is in memory:
// pages that are swapped out, or were never touched, are left as they are.
//
// Safety: one thread. Assumptions: the right to trace the process (the same user and ptrace_scope 0, or
// root); pages of 4 KiB.
#ifndef MEMGOV_GOVERNOR_CLI_PROC_PROCESS_MEMORY_H_
#define MEMGOV_GOVERNOR_CLI_PROC_PROCESS_MEMORY_H_

#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/statusor.h"

namespace memgov::cli {

class ProcessMemory {
 public:
  // kPermissionDenied where the kernel lets nobody read it but those who may trace.
  static absl::StatusOr<ProcessMemory> Open(int pid, const std::string& root = "/proc");
  ProcessMemory(ProcessMemory&& other) noexcept;
  ProcessMemory& operator=(ProcessMemory&&) = delete;
  ~ProcessMemory();

  // False where part of it is not in memory, or cannot be read.
  bool Read(uint64_t address, void* out, size_t bytes);
  template <typename T>
  bool ReadObject(uint64_t address, T* out) {
    static_assert(std::is_trivially_copyable_v<T>);
    return Read(address, out, sizeof *out);
  }

  // How much of [begin, end) is in memory.
  uint64_t ResidentBytes(uint64_t begin, uint64_t end);
  bool IsPresent(uint64_t address);

 private:
  ProcessMemory(int memory, int page_map) : memory_(memory), page_map_(page_map) {}
  bool FillWindow(uint64_t address);

  int memory_;
  int page_map_;
  uint64_t window_begin_ = 0;
  std::vector<char> window_;
  uint64_t first_entry_page_ = 0;
  std::vector<uint64_t> entries_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_PROC_PROCESS_MEMORY_H_
