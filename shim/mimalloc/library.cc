#include "shim/mimalloc/library.h"

#include <dlfcn.h>
#include <link.h>
#include <sys/auxv.h>

#include "governor/base/errno_keeper.h"
#include "governor/base/message.h"
#include "governor/base/text.h"
#include "governor/config/options.h"
#include "shim/next_symbol.h"

namespace memgov::mimalloc {

constinit Functions functions;
constinit std::atomic<Family> family{Family::kNone};
constinit bool is_part_of_another = false;

namespace {

struct Candidate {
  const char* file = nullptr;
  const char* lacks = nullptr;  // the function that it should have
  bool loaded = false;
  int version = 0;  // 0: it says none
};

// The C library's, or the one behind us. Before glibc 2.34 dlopen was in libdl, which few programs load; what
// libdl called has a name of its own in libc.
void* OpenLibrary(const char* file) {
  constexpr int kFromOutsideLibc = INT32_MIN;  // __RTLD_DLOPEN of glibc's include/dlfcn.h
  const ErrnoKeeper keep_errno;
  using Open = void*(const char*, int);
  if (auto* open = reinterpret_cast<Open*>(FindNextSymbol("dlopen")); open != nullptr)
    return open(file, RTLD_NOW | RTLD_LOCAL);
  auto* open = reinterpret_cast<Open*>(FindFirstSymbol("__libc_dlopen_mode"));
  return open != nullptr ? open(file, RTLD_NOW | RTLD_LOCAL | kFromOutsideLibc) : nullptr;
}

const char* BaseName(const char* path) {
  const char* base = path;
  for (; *path != '\0'; ++path) {
    if (*path == '/') base = path + 1;
  }
  return base;
}

Family FamilyOf(int version) {
  if (version == kVersion20) return Family::k20;
  return version >= kFirst36 && version <= kLast36 ? Family::k36 : Family::kNone;
}

// `inside`: any address in the library. Only what its family has: 2.0.9 exports mi_is_in_heap_region too, and
// says no of blocks of its own that lie beyond its map of 20 TiB. Returns the function that is missing.
const char* FillFunctions(const void* inside, Family of) {
  constexpr uint8_t k20 = static_cast<uint8_t>(Family::k20);
  constexpr uint8_t k36 = static_cast<uint8_t>(Family::k36);
#define MEMGOV_MIMALLOC_FILL(families, result, name, parameters)                                        \
  if (((families) & static_cast<uint8_t>(of)) != 0) {                                                   \
    functions.name = reinterpret_cast<decltype(functions.name)>(FindSymbolBeside(inside, "mi_" #name)); \
    if (functions.name == nullptr) return "mi_" #name;                                                  \
  }
  MEMGOV_MIMALLOC_FUNCTIONS(MEMGOV_MIMALLOC_FILL)
#undef MEMGOV_MIMALLOC_FILL
  return nullptr;
}

// `inside`: any address in it.
Candidate Examine(const char* file, const void* inside) {
  Candidate tried;
  tried.file = file;
  tried.loaded = true;
  auto* version = reinterpret_cast<int (*)()>(FindSymbolBeside(inside, "mi_version"));
  if (version == nullptr) return tried;
  tried.version = version();
  const Family found = FamilyOf(tried.version);
  if (found == Family::kNone) return tried;
  tried.lacks = FillFunctions(inside, found);
  if (tried.lacks == nullptr) family.store(found, std::memory_order_release);
  return tried;
}

Candidate Try(const char* file) {
  // glibc's and musl's handles are the loader's entry for the object.
  const auto* object = static_cast<const link_map*>(OpenLibrary(file));
  if (object != nullptr) return Examine(file, object->l_ld);
  Candidate tried;
  tried.file = file;
  return tried;
}

void Explain(const Candidate& tried, TextWriter& out) {
  if (!tried.loaded) {
    out.Text(": cannot be loaded; needed is mimalloc 2.0.9 or 3.6 (Debian's libmimalloc2.0 or libmimalloc3)");
  } else if (tried.version == 0) {
    out.Text(": is no mimalloc (it has no mi_version)");
  } else if (tried.lacks != nullptr) {
    out.Text(": has no ").Text(tried.lacks);
  } else {
    out.Text(": mi_version() is ").Number(static_cast<uint64_t>(tried.version));
    out.Text(tried.version < kVersion20 ? ", older than"
             : tried.version > kLast36  ? ", newer than"
                                        : ", not among");
    out.Text(" what is known: 209 (2.0.9) and 30600 to 30699 (3.6)");
  }
  out.Text("; the arena engine serves instead");
}

void Say(const Candidate& tried, bool by_variable) {
  Message message;
  TextWriter& out = *message.operator->();
  if (by_variable) out.Text("MEMGOV_MIMALLOC=");
  Explain(tried, out.Text(tried.file));
}

// The program has one already. A second one would call the first one's functions, which come first when its
// own names are looked up: that one serves, or none.
bool UseLoaded(const void* inside, const char* asked) {
  static constinit char name[64] = "";
  ObjectNameOf(inside, name, sizeof name);
  const Candidate tried = Examine(name[0] != '\0' ? name : "the program itself", inside);
  const bool serves = LoadedFamily() != Family::kNone;
  is_part_of_another = SkipPrefix(name, "libmimalloc") == nullptr;
  if (!serves) {
    Say(tried, false);
  } else if (*asked != '\0' && !TextEqual(BaseName(asked), name)) {
    Message()->Text("MEMGOV_MIMALLOC=").Text(asked).Text(": not used, the program has ").Text(name);
  }
  return serves;
}

}  // namespace

bool Load() {
  const char* asked = getauxval(AT_SECURE) == 0 ? options::GetText(Option::kMimalloc) : "";
  if (const void* inside = FindFirstSymbol("mi_version"); inside != nullptr) return UseLoaded(inside, asked);
  if (*asked != '\0') {
    const Candidate tried = Try(asked);
    if (LoadedFamily() == Family::kNone) Say(tried, true);
    return LoadedFamily() != Family::kNone;
  }
  // The newer first: it can give back what parked threads keep (docs/engines.md).
  Candidate best;
  for (const char* file : {"libmimalloc.so.3", "libmimalloc.so.2"}) {
    const Candidate tried = Try(file);
    if (LoadedFamily() != Family::kNone) return true;
    if (best.file == nullptr || (tried.loaded && !best.loaded)) best = tried;
  }
  if (!best.loaded) best.file = "libmimalloc.so.3, libmimalloc.so.2";
  Say(best, false);
  return false;
}

}  // namespace memgov::mimalloc
