#include "shim/system/arena_cap.h"

#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdint.h>

#include <atomic>

#include "governor/base/text.h"
#include "governor/config/options.h"
#include "governor/telemetry/published.h"
#include "shim/next_symbol.h"
#include "shim/system/real_libc.h"

namespace memgov::arena_cap {
namespace {

constexpr int kArenasPerCpu = 2;
constexpr int kFewestArenas = 2;
constexpr int kMostArenas = 16;
constexpr const char* kTunable = "glibc.malloc.arena_max";

// Relaxed: a flag.
constinit std::atomic<bool> capped_by_program{false};

// getenv's locks are not for here; the pointer is the C library's own, set before any constructor.
const char* Variable(const char* name) {
  char*** place = static_cast<char***>(
      FindSymbolBeside(reinterpret_cast<const void*>(&gnu_get_libc_version), "__environ"));
  for (char** entry = place != nullptr ? *place : nullptr; entry != nullptr && *entry != nullptr; ++entry) {
    const char* rest = SkipPrefix(*entry, name);
    if (rest != nullptr && *rest == '=') return rest + 1;
  }
  return nullptr;
}

bool Mentions(const char* text, const char* word) {
  for (; text != nullptr && *text != '\0'; ++text) {
    if (SkipPrefix(text, word) != nullptr) return true;
  }
  return false;
}

// The variable that caps the arenas, and its value; nullptr for none, or none that is well-formed.
const char* FromEnvironment(int64_t* most) {
  for (const char* name : {"MEMGOV_ARENA_MAX", "MALLOC_ARENA_MAX"}) {
    const char* text = Variable(name);
    if (text != nullptr && options::Parse(Option::kArenaMax, text, most) && *most != 0) return name;
  }
  return nullptr;
}

}  // namespace

void Apply(int cpus, bool options_loaded) {
  if (capped_by_program.load(std::memory_order_relaxed)) return;
  int64_t most = 0;
  const char* decided_by = FromEnvironment(&most);
  if (options_loaded) most = options::Get(Option::kArenaMax);
  if (most == 0 && Mentions(Variable("GLIBC_TUNABLES"), kTunable))
    return published::SetArenaCap(0, "GLIBC_TUNABLES");
  if (most == 0) {
    most = static_cast<int64_t>(cpus) * kArenasPerCpu;
    most = most < kFewestArenas ? kFewestArenas : most > kMostArenas ? kMostArenas : most;
    decided_by = "two per CPU, 2 to 16";
  }
  published::SetArenaCap(static_cast<uint32_t>(most),
                         decided_by != nullptr ? decided_by : "MEMGOV_ARENA_MAX");
  if (auto* mallopt = real_libc::Find().mallopt) mallopt(M_ARENA_MAX, static_cast<int>(most));
}

void NoteProgram(int most) {
  capped_by_program.store(true, std::memory_order_relaxed);
  published::SetArenaCap(most > 0 ? static_cast<uint32_t>(most) : 0, "the program's mallopt(M_ARENA_MAX)");
}

}  // namespace memgov::arena_cap
