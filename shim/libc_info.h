// The parts of the malloc surface that report and steer: malloc_trim, mallinfo, malloc_info, malloc_stats,
// mallopt. What each answer means here: docs/malloc-surface.md.
#ifndef MEMGOV_SHIM_LIBC_INFO_H_
#define MEMGOV_SHIM_LIBC_INFO_H_

#include <malloc.h>
#include <stdio.h>

namespace memgov::surface {

using Mallinfo = struct ::mallinfo;

// struct mallinfo2, which only glibc 2.33 and later declare.
struct Mallinfo2 {
  size_t arena;     // bytes from the kernel, without blocks that are mapped one by one
  size_t ordblks;   // free chunks
  size_t smblks;    // free fast chunks
  size_t hblks;     // blocks that are mapped one by one
  size_t hblkhd;    // bytes in those
  size_t usmblks;   // always 0
  size_t fsmblks;   // bytes in free fast chunks
  size_t uordblks;  // bytes in use
  size_t fordblks;  // bytes free
  size_t keepcost;  // bytes that malloc_trim would give back
};

int MallocTrim(size_t pad);
Mallinfo MallocInfo();
Mallinfo2 MallocInfo2();
int MallocInfoXml(int options, FILE* stream);
void MallocStats();
int Mallopt(int parameter, int value);

}  // namespace memgov::surface

#endif  // MEMGOV_SHIM_LIBC_INFO_H_
