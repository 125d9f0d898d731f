// The C library answers for itself.
#include "shim/libc_info.h"

#include <errno.h>

#include "shim/system/arena_cap.h"
#include "shim/system/real_libc.h"

namespace memgov::surface {
namespace {

Mallinfo2 Widen(const Mallinfo& narrow) {
  const auto wide = [](int value) { return static_cast<size_t>(static_cast<unsigned>(value)); };
  return {wide(narrow.arena),    wide(narrow.ordblks), wide(narrow.smblks),  wide(narrow.hblks),
          wide(narrow.hblkhd),   wide(narrow.usmblks), wide(narrow.fsmblks), wide(narrow.uordblks),
          wide(narrow.fordblks), wide(narrow.keepcost)};
}

}  // namespace

Mallinfo MallocInfo() {
  auto* real = real_libc::Find().mallinfo;
  return real != nullptr ? real() : Mallinfo{};
}

Mallinfo2 MallocInfo2() {
  auto* real = real_libc::Find().mallinfo2;
  return real != nullptr ? real() : Widen(MallocInfo());
}

int MallocInfoXml(int options, FILE* stream) {
  auto* real = real_libc::Find().malloc_info;
  if (real != nullptr) return real(options, stream);
  errno = ENOSYS;
  return -1;
}

void MallocStats() {
  if (auto* real = real_libc::Find().malloc_stats) real();
}

int Mallopt(int parameter, int value) {
  if (parameter == M_ARENA_MAX) arena_cap::NoteProgram(value);
  auto* real = real_libc::Find().mallopt;
  return real != nullptr ? real(parameter, value) : 0;
}

}  // namespace memgov::surface
