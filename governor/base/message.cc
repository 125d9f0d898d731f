#include "governor/base/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "governor/base/check.h"
#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

namespace memgov {
namespace {

constexpr int kStandardError = 2;
constinit thread_local bool private_descriptors = false;

// pidfd_getfd is in no service manager's list of harmless calls, and a filter's penalty may be death.
bool IsFiltered() { return CallKernel(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0) != 0; }

int CopyStandardError() {
  const long process = CallKernel(SYS_pidfd_open, os::ProcessId(), 0);
  if (process < 0) return -1;
  const long copy = CallKernel(SYS_pidfd_getfd, process, kStandardError, 0);
  os::Close(static_cast<int>(process));
  return static_cast<int>(copy);
}

// A copy of the process's descriptor 2 for a thread whose own table is private. pidfd_getfd (Linux 5.6) copes
// with sockets too; opening /proc/self/fd/2 is the older way and does not. Nor does it wait for a reader of a
// pipe.
int BorrowStandardError() {
  const int copy = IsFiltered() ? -1 : CopyStandardError();
  if (copy >= 0) return copy;
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  return static_cast<int>(CallKernel(SYS_openat, AT_FDCWD, "/proc/self/fd/2", kFlags, 0));
}

// The copy, and which file it was: a host that closes descriptors it did not open may since have opened its
// own there.
struct KeptDescriptor {
  int descriptor = -1;
  dev_t device = 0;
  ino_t file = 0;
};
constinit KeptDescriptor kept;  // written once, by the constructor

bool Identify(int descriptor, KeptDescriptor& out) {
  struct stat status {};
  if (CallKernel(SYS_fstat, descriptor, &status) != 0) return false;  // fstat() itself asks for GLIBC_2.33
  out = {descriptor, status.st_dev, status.st_ino};
  return true;
}

bool IsOpen(int descriptor) { return CallKernel(SYS_fcntl, descriptor, F_GETFD, 0) >= 0; }

int StandardErrorOrKept() {
  KeptDescriptor now;
  if (kept.descriptor < 0 || IsOpen(kStandardError)) return kStandardError;
  if (!Identify(kept.descriptor, now) || now.device != kept.device || now.file != kept.file)
    return kStandardError;
  return kept.descriptor;
}

void WriteAll(int descriptor, const char* data, size_t size) {
  while (size > 0) {
    const long written = CallKernel(SYS_write, descriptor, data, size);
    if (written == -EINTR) continue;
    if (written <= 0) return;
    data += written;
    size -= static_cast<size_t>(written);
  }
}

}  // namespace

void KeepStandardError() {
  constexpr int kLeast = 200;  // out of the way of programs that count on low numbers
  const long copy = CallKernel(SYS_fcntl, kStandardError, F_DUPFD_CLOEXEC, kLeast);
  if (copy >= 0) Identify(static_cast<int>(copy), kept);
}

void UsePrivateDescriptors() { private_descriptors = true; }

void EmitText(const TextWriter& text) {
  if (!private_descriptors) return WriteAll(StandardErrorOrKept(), text.data(), text.size());
  const int borrowed = BorrowStandardError();
  if (borrowed < 0) return;
  WriteAll(borrowed, text.data(), text.size());
  os::Close(borrowed);
}

void Fail(const char* sentence) {
  { Message()->Text("internal error: ").Text(sentence); }
  abort();
}

// The last place is kept for the newline.
void TextWriter::Character(char c) {
  if (size_ + 1 < capacity_) buffer_[size_++] = c;
}

TextWriter& TextWriter::Line() {
  buffer_[size_ < capacity_ ? size_++ : size_ - 1] = '\n';
  line_start_ = size_;
  return *this;
}

TextWriter& TextWriter::Text(const char* text) {
  for (; *text != '\0'; ++text) {
    const unsigned char c = static_cast<unsigned char>(*text);
    Character(c < 0x20 || c == 0x7f ? '?' : *text);  // values from outside must not break the line
  }
  return *this;
}

TextWriter& TextWriter::Number(uint64_t value) {
  char digits[20];
  int count = 0;
  do {
    digits[count++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (count > 0) Character(digits[--count]);
  return *this;
}

TextWriter& TextWriter::Hex(uint64_t value) {
  Text("0x");
  int shift = 60;
  while (shift > 0 && (value >> shift) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) Character("0123456789abcdef"[(value >> shift) & 15]);
  return *this;
}

TextWriter& TextWriter::Tenths(uint64_t tenths, const char* unit) {
  Number(tenths / 10);
  Character('.');
  Character(static_cast<char>('0' + tenths % 10));
  return Text(unit);
}

TextWriter& TextWriter::Bytes(uint64_t bytes) {
  if (bytes < 1024) return Number(bytes).Text(" B");
  constexpr const char* kUnits[] = {" KB", " MB", " GB"};
  int unit = 0;
  uint64_t divisor = 1024;
  while (unit < 2 && bytes / divisor >= 1024) {
    divisor *= 1024;
    ++unit;
  }
  const uint64_t rest = bytes % divisor;
  return Tenths(bytes / divisor * 10 + rest * 10 / divisor, kUnits[unit]);
}

TextWriter& TextWriter::Duration(uint64_t nanoseconds) {
  if (nanoseconds < 1000) return Number(nanoseconds).Text(" ns");
  if (nanoseconds < 1000000) return Tenths(nanoseconds / 100, " us");
  if (nanoseconds < 1000000000) return Tenths(nanoseconds / 100000, " ms");
  return Tenths(nanoseconds / 100000000, " s");
}

TextWriter& TextWriter::Column(size_t column) {
  do Character(' ');
  while (size_ - line_start_ < column && size_ + 1 < capacity_);
  return *this;
}

}  // namespace memgov
