#include "governor/cli/proc/process_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kWindowPages = 64;
constexpr uint64_t kEntries = 4096;               // of the page map, read at a time
constexpr uint64_t kPresent = uint64_t{1} << 63;  // docs.kernel.org/admin-guide/mm/pagemap.html

int OpenFile(const std::string& root, int pid, const char* name) {
  return open(absl::StrCat(root, "/", pid, "/", name).c_str(), O_RDONLY | O_CLOEXEC);
}

}  // namespace

absl::StatusOr<ProcessMemory> ProcessMemory::Open(int pid, const std::string& root) {
  const int memory = OpenFile(root, pid, "mem");
  if (memory < 0) return ProcessError(root, pid, errno);
  const int page_map = OpenFile(root, pid, "pagemap");
  if (page_map < 0) {
    const int error = errno;
    close(memory);
    return ProcessError(root, pid, error);
  }
  return ProcessMemory(memory, page_map);
}

ProcessMemory::ProcessMemory(ProcessMemory&& other) noexcept
    : memory_(std::exchange(other.memory_, -1)), page_map_(std::exchange(other.page_map_, -1)) {}

ProcessMemory::~ProcessMemory() {
  if (memory_ >= 0) close(memory_);
  if (page_map_ >= 0) close(page_map_);
}

bool ProcessMemory::IsPresent(uint64_t address) {
  const uint64_t page = address / kPage;
  if (page < first_entry_page_ || page - first_entry_page_ >= entries_.size()) {
    entries_.resize(kEntries);
    first_entry_page_ = page;
    const ssize_t got = pread(page_map_, entries_.data(), kEntries * sizeof(uint64_t),
                              static_cast<off_t>(page * sizeof(uint64_t)));
    entries_.resize(got > 0 ? static_cast<size_t>(got) / sizeof(uint64_t) : 0);
    if (entries_.empty()) return false;
  }
  return (entries_[page - first_entry_page_] & kPresent) != 0;
}

bool ProcessMemory::FillWindow(uint64_t address) {
  const uint64_t begin = address / kPage * kPage;
  uint64_t pages = 0;
  while (pages < kWindowPages && IsPresent(begin + pages * kPage)) ++pages;
  window_.resize(pages * kPage);
  window_begin_ = begin;
  if (pages == 0) return false;
  const ssize_t got = pread(memory_, window_.data(), window_.size(), static_cast<off_t>(begin));
  window_.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return address - begin < window_.size();
}

bool ProcessMemory::Read(uint64_t address, void* out, size_t bytes) {
  char* to = static_cast<char*>(out);
  // Beyond user space there is nothing; and the sums below cannot overflow.
  if (address >= uint64_t{1} << 56) return false;
  while (bytes > 0) {
    if (address < window_begin_ || address - window_begin_ >= window_.size()) {
      if (!FillWindow(address)) return false;
    }
    const size_t at = static_cast<size_t>(address - window_begin_);
    const size_t part = std::min(bytes, window_.size() - at);
    memcpy(to, window_.data() + at, part);
    to += part;
    address += part;
    bytes -= part;
  }
  return true;
}

uint64_t ProcessMemory::ResidentBytes(uint64_t begin, uint64_t end) {
  uint64_t bytes = 0;
  for (uint64_t page = begin / kPage * kPage; page < end; page += kPage) {
    if (IsPresent(page)) bytes += std::min(end, page + kPage) - std::max(begin, page);
  }
  return bytes;
}

}  // namespace memgov::cli
