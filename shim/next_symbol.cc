#include "shim/next_symbol.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

#include "governor/base/text.h"
#include "shim/linkage.h"

namespace memgov {
namespace {

// The tables of one object that a look-up needs.
struct DynamicTables {
  const ElfW(Sym) * symbols = nullptr;
  const char* strings = nullptr;
  const uint32_t* gnu_hash = nullptr;
  const ElfW(Half) * versions = nullptr;
};

// The loader relocates these addresses in place, except in the kernel's vdso.
template <typename T>
const T* TableAt(const dl_phdr_info& object, const ElfW(Dyn) & entry) {
  const ElfW(Addr) address = entry.d_un.d_ptr;
  return reinterpret_cast<const T*>(address < object.dlpi_addr ? address + object.dlpi_addr : address);
}

const ElfW(Dyn) * DynamicOf(const dl_phdr_info& object) {
  for (int index = 0; index < object.dlpi_phnum; ++index) {
    const ElfW(Phdr)& header = object.dlpi_phdr[index];
    if (header.p_type == PT_DYNAMIC)
      return reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + header.p_vaddr);
  }
  return nullptr;
}

DynamicTables TablesOf(const dl_phdr_info& object) {
  DynamicTables tables;
  for (auto* entry = DynamicOf(object); entry != nullptr && entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_SYMTAB) tables.symbols = TableAt<ElfW(Sym)>(object, *entry);
    if (entry->d_tag == DT_STRTAB) tables.strings = TableAt<char>(object, *entry);
    if (entry->d_tag == DT_GNU_HASH) tables.gnu_hash = TableAt<uint32_t>(object, *entry);
    if (entry->d_tag == DT_VERSYM) tables.versions = TableAt<ElfW(Half)>(object, *entry);
  }
  return tables;
}

bool Needs(const dl_phdr_info& object, const char* prefix) {
  const DynamicTables tables = TablesOf(object);
  for (auto* entry = DynamicOf(object); entry != nullptr && entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_NEEDED && SkipPrefix(tables.strings + entry->d_un.d_val, prefix) != nullptr)
      return true;
  }
  return false;
}

// The hash of GNU-style ELF hash tables (Bernstein's).
uint32_t GnuHash(const char* name) {
  uint32_t hash = 5381;
  for (; *name != '\0'; ++name) hash = hash * 33 + static_cast<unsigned char>(*name);
  return hash;
}

bool IsDefinition(const DynamicTables& tables, uint32_t index) {
  constexpr ElfW(Half) kHidden = 0x8000;  // not the default version
  const ElfW(Sym)& symbol = tables.symbols[index];
  const int type = symbol.st_info & 15;
  if (symbol.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE))
    return false;
  return tables.versions == nullptr || (tables.versions[index] & kHidden) == 0;
}

void* LookUp(const dl_phdr_info& object, const char* name, uint32_t hash) {
  const DynamicTables tables = TablesOf(object);
  if (tables.gnu_hash == nullptr || tables.symbols == nullptr || tables.strings == nullptr) return nullptr;
  const uint32_t bucket_count = tables.gnu_hash[0];
  const uint32_t first_symbol = tables.gnu_hash[1];
  const uint32_t bloom_words = tables.gnu_hash[2];
  const uint32_t* buckets = tables.gnu_hash + 4 + bloom_words * (sizeof(ElfW(Addr)) / 4);
  const uint32_t* chains = buckets + bucket_count;
  if (bucket_count == 0 || buckets[hash % bucket_count] < first_symbol) return nullptr;
  for (uint32_t index = buckets[hash % bucket_count];; ++index) {
    const uint32_t entry = chains[index - first_symbol];
    if ((entry | 1) == (hash | 1) && IsDefinition(tables, index) &&
        TextEqual(tables.strings + tables.symbols[index].st_name, name)) {
      return reinterpret_cast<void*>(object.dlpi_addr + tables.symbols[index].st_value);
    }
    if ((entry & 1) != 0) return nullptr;
  }
}

AddressRange RangeOf(const dl_phdr_info& object) {
  AddressRange range{UINTPTR_MAX, 0};
  for (int index = 0; index < object.dlpi_phnum; ++index) {
    const ElfW(Phdr)& header = object.dlpi_phdr[index];
    if (header.p_type != PT_LOAD) continue;
    const uintptr_t begin = object.dlpi_addr + header.p_vaddr;
    if (begin < range.begin) range.begin = begin;
    if (begin + header.p_memsz > range.end) range.end = begin + header.p_memsz;
  }
  return range;
}

bool HasVdsoOf(const dl_phdr_info& object) { return RangeOf(object).begin == getauxval(AT_SYSINFO_EHDR); }

const char* BaseName(const char* path) {
  const char* base = path;
  for (; *path != '\0'; ++path) {
    if (*path == '/') base = path + 1;
  }
  return base;
}

// The loader's list of objects, as it keeps it for debuggers (DT_DEBUG of the program): no call, no lock.
// nullptr where the program has none.
const link_map* LoadedObjects() {
  const auto* headers = reinterpret_cast<const ElfW(Phdr)*>(getauxval(AT_PHDR));
  const int count = static_cast<int>(getauxval(AT_PHNUM));
  dl_phdr_info program{};
  program.dlpi_phdr = headers;
  program.dlpi_phnum = static_cast<ElfW(Half)>(count);
  for (int index = 0; index < count; ++index) {
    if (headers[index].p_type == PT_PHDR)
      program.dlpi_addr = reinterpret_cast<ElfW(Addr)>(headers) - headers[index].p_vaddr;
  }
  for (auto* entry = DynamicOf(program); entry != nullptr && entry->d_tag != DT_NULL; ++entry) {
    if (entry->d_tag == DT_DEBUG && entry->d_un.d_ptr != 0)
      return reinterpret_cast<const r_debug*>(entry->d_un.d_ptr)->r_map;
  }
  return nullptr;
}

using Iterate = int(int (*)(dl_phdr_info*, size_t, void*), void*);

// The C library's own. ThreadSanitizer's interceptor in front of it calls through nothing until its runtime
// is up, and the runtime allocates before. Looked for once, on the first call of all, while there is one
// thread.
Iterate* FindIterate() {
  for (const link_map* at = LoadedObjects(); at != nullptr; at = at->l_next) {
    ElfW(Phdr) dynamic{};
    dynamic.p_type = PT_DYNAMIC;
    dynamic.p_vaddr = reinterpret_cast<ElfW(Addr)>(at->l_ld) - at->l_addr;
    dl_phdr_info object{};
    object.dlpi_addr = at->l_addr;
    object.dlpi_phdr = &dynamic;
    object.dlpi_phnum = 1;
    if (at->l_ld == nullptr ||
        LookUp(object, "gnu_get_libc_version", GnuHash("gnu_get_libc_version")) == nullptr)
      continue;
    void* found = LookUp(object, "dl_iterate_phdr", GnuHash("dl_iterate_phdr"));
    if (found != nullptr) return reinterpret_cast<Iterate*>(found);
  }
  return dl_iterate_phdr;
}

constinit std::atomic<Iterate*> iterate{nullptr};  // relaxed: racing threads find the same

}  // namespace

void ForEachLoadedObject(int (*visit)(dl_phdr_info*, size_t, void*), void* context) {
  Iterate* function = iterate.load(std::memory_order_relaxed);
  if (function == nullptr) {
    function = FindIterate();
    iterate.store(function, std::memory_order_relaxed);
  }
  function(visit, context);
}

namespace {

template <typename Visitor>
void ForEachObject(Visitor&& visitor) {
  ForEachLoadedObject([](dl_phdr_info* object, size_t,
                         void* context) { return (*static_cast<Visitor*>(context))(*object) ? 1 : 0; },
                      &visitor);
}

void* Find(const char* name, bool behind_us) {
  const uint32_t hash = GnuHash(name);
  bool search = !behind_us;
  void* found = nullptr;
  ForEachObject([&](const dl_phdr_info& object) {
    if (!search) {
      search = RangeOf(object).Holds(reinterpret_cast<const void*>(&FindNextSymbol));
      return false;
    }
    if (HasVdsoOf(object)) return false;
    found = LookUp(object, name, hash);
    return found != nullptr;
  });
  return found;
}

}  // namespace

void* FindFirstSymbol(const char* name) { return Find(name, false); }

void* FindNextSymbol(const char* name) {
  void* linked = linkage::LinkedInterceptor(name);
  return linked != nullptr ? linked : Find(name, true);
}

void* FindSymbolBeside(const void* address, const char* name) {
  void* found = nullptr;
  ForEachObject([&](const dl_phdr_info& object) {
    if (!RangeOf(object).Holds(address)) return false;
    found = LookUp(object, name, GnuHash(name));
    return true;
  });
  return found;
}

void ObjectNameOf(const void* address, char* out, size_t capacity) {
  out[0] = '\0';
  ForEachObject([&](const dl_phdr_info& object) {
    if (!RangeOf(object).Holds(address)) return false;
    CopyText(out, capacity, BaseName(object.dlpi_name), nullptr);
    return true;
  });
}

AddressRange ObjectRangeOf(const void* address) {
  AddressRange found;
  ForEachObject([&](const dl_phdr_info& object) {
    const AddressRange range = RangeOf(object);
    if (!range.Holds(address)) return false;
    found = range;
    return true;
  });
  return found;
}

AddressRange LoaderRange() { return ObjectRangeOf(reinterpret_cast<const void*>(getauxval(AT_BASE))); }

int CountDependents(const char* prefix) {
  int count = 0;
  ForEachObject([&](const dl_phdr_info& object) {
    const bool ours = LookUp(object, "memgov_version", GnuHash("memgov_version")) != nullptr;
    if (!ours && !HasVdsoOf(object) && Needs(object, prefix)) ++count;
    return false;
  });
  return count;
}

int CountObjects(const char* prefix, char* out, size_t capacity) {
  int count = 0;
  ForEachObject([&](const dl_phdr_info& object) {
    const char* name = BaseName(object.dlpi_name);
    if (SkipPrefix(name, prefix) == nullptr) return false;
    ++count;
    CopyText(out, capacity, name, nullptr);
    return false;
  });
  return count;
}

}  // namespace memgov
