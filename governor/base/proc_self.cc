#include "governor/base/proc_self.h"

#include <sys/auxv.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/base/text.h"

namespace memgov {

long ReadSmallFile(const char* path, char* buffer, size_t capacity) {
  const int descriptor = os::OpenReadOnly(path);
  if (descriptor < 0) return descriptor;
  size_t size = 0;
  long got = 0;
  while (size + 1 < capacity && (got = os::Read(descriptor, buffer + size, capacity - 1 - size)) > 0) {
    size += static_cast<size_t>(got);
  }
  os::Close(descriptor);
  buffer[size] = '\0';
  return got < 0 ? got : static_cast<long>(size);
}

ResidentMemory ReadResidentMemory() {
  char text[160];
  if (ReadSmallFile("/proc/self/statm", text, sizeof text) <= 0) return {};
  uint64_t pages[3] = {};  // size resident shared
  const char* at = text;
  for (uint64_t& field : pages) {
    at = ParseDigits(at, &field);
    if (at == nullptr) return {};
    if (*at == ' ') ++at;
  }
  const uint64_t page_bytes = getauxval(AT_PAGESZ);
  const uint64_t anonymous = pages[1] > pages[2] ? pages[1] - pages[2] : 0;
  return {pages[1] * page_bytes, anonymous * page_bytes};
}

bool ReadThreadName(pid_t thread, char* name, size_t capacity) {
  TextBuffer<64> path;
  path.Text("/proc/self/task/").Number(static_cast<uint64_t>(thread)).Text("/comm");
  char file[64];
  CopyText(file, sizeof file, path.data(), path.data() + path.size());
  const long size = ReadSmallFile(file, name, capacity);
  if (size <= 0) return false;
  if (name[size - 1] == '\n') name[size - 1] = '\0';
  return true;
}

}  // namespace memgov
