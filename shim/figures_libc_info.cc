// malloc_trim and its family, answered from memgov's own figures, for engines that are not the C library's.
#include "shim/libc_info.h"

#include <errno.h>
#include <malloc.h>

#include "governor/base/message.h"
#include "governor/telemetry/census.h"
#include "governor/telemetry/report.h"
#include "shim/startup.h"

namespace memgov::surface {
namespace {

// Like glibc's, except that nothing happens: 0 for a value that glibc refuses, 1 for all others and for
// parameters that it does not know.
bool IsRefused(int parameter, int value) {
  constexpr int kMostFast = 80 * sizeof(size_t) / 4;
  constexpr int kMostMmapThreshold = 32 << 20;
  if (parameter == M_MXFAST) return value < 0 || value > kMostFast;
  return parameter == M_MMAP_THRESHOLD && (value < 0 || value > kMostMmapThreshold);
}

}  // namespace

Mallinfo2 MallocInfo2() {
  const Census census = TakeCensus(Control());
  Mallinfo2 info{};
  info.arena = census.held_bytes;
  info.uordblks = census.live_bytes;
  info.fordblks = census.held_bytes - census.live_bytes;
  info.keepcost = Control().ReleasableBytes();
  if (info.keepcost > info.fordblks) info.keepcost = info.fordblks;
  return info;
}

// Cut to int, as glibc cuts them.
Mallinfo MallocInfo() {
  const Mallinfo2 wide = MallocInfo2();
  Mallinfo narrow{};
  narrow.arena = static_cast<int>(wide.arena);
  narrow.uordblks = static_cast<int>(wide.uordblks);
  narrow.fordblks = static_cast<int>(wide.fordblks);
  narrow.keepcost = static_cast<int>(wide.keepcost);
  return narrow;
}

int MallocInfoXml(int options, FILE* stream) {
  if (options != 0) return EINVAL;
  const Mallinfo2 info = MallocInfo2();
  TextBuffer<512> xml;
  xml.Text("<malloc version=\"1\" allocator=\"memgov ").Text(Control().Name()).Text("\">").Line();
  xml.Text("<total type=\"live\" count=\"1\" size=\"").Number(info.uordblks).Text("\"/>").Line();
  xml.Text("<total type=\"rest\" count=\"1\" size=\"").Number(info.fordblks).Text("\"/>").Line();
  xml.Text("<system type=\"current\" size=\"").Number(info.arena).Text("\"/>").Line();
  xml.Text("</malloc>").Line();
  return fwrite(xml.data(), 1, xml.size(), stream) == xml.size() ? 0 : -1;
}

void MallocStats() { PrintReport(Control()); }

int Mallopt(int parameter, int value) { return IsRefused(parameter, value) ? 0 : 1; }

}  // namespace memgov::surface
