#include "shim/system/thread_caches.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <link.h>

#include <atomic>

#include "governor/base/os.h"
#include "governor/base/raw_syscall.h"
#include "governor/base/signals_blocked.h"
#include "governor/pools/thread_registry.h"
#include "governor/release/releaser.h"
#include "shim/next_symbol.h"
#include "shim/quiesce.h"
#include "shim/system/cache_layout.h"
#include "shim/system/real_libc.h"
#include "shim/thread_hooks.h"

namespace memgov::thread_caches {
namespace {

// A thread that has left: its record is never offered again.
constinit char left = 0;
void* const kLeft = &left;

// Written once, by Learn, before `known` is set (release); read after it (acquire).
struct Knowledge {
  ptrdiff_t from_errno = 0;  // where a thread's pointer to its cache lies: both are the C library's TLS
  bool mixed = false;
  unsigned exit_key = 0;
  int (*set_specific)(unsigned, const void*) = nullptr;
};
constinit Knowledge knowledge;
constinit std::atomic<bool> known{false};

ThreadCache** OwnPlace() {
  return reinterpret_cast<ThreadCache**>(reinterpret_cast<char*>(&errno) + knowledge.from_errno);
}

// The calling thread's copy of the C library's thread-local variables.
AddressRange LibcVariables() {
  struct Search {
    AddressRange libc;
    AddressRange variables;
  };
  Search search{ObjectRangeOf(reinterpret_cast<const void*>(&gnu_get_libc_version)), {}};
  ForEachLoadedObject(
      [](dl_phdr_info* object, size_t, void* context) {
        Search& wanted = *static_cast<Search*>(context);
        for (int index = 0; index < object->dlpi_phnum; ++index) {
          const ElfW(Phdr)& header = object->dlpi_phdr[index];
          if (header.p_type != PT_TLS || object->dlpi_tls_data == nullptr ||
              !wanted.libc.Holds(reinterpret_cast<const void*>(object->dlpi_addr + header.p_vaddr)))
            continue;
          const uintptr_t begin = reinterpret_cast<uintptr_t>(object->dlpi_tls_data);
          wanted.variables = {begin, begin + header.p_memsz};
          return 1;
        }
        return 0;
      },
      &search);
  return search.variables;
}

// A variable that is no pointer may hold anything. The kernel reads a new signal mask before it looks at what
// to do with it (kernel/signal.c, rt_sigprocmask), which here is nothing: EINVAL, and EFAULT for what cannot
// be read. Abseil asks the same way.
bool IsReadable(uintptr_t at) {
  constexpr int kNoSuchWay = -1;
  const auto* mask = reinterpret_cast<const void*>(at & ~uintptr_t{7});
  return CallKernel(SYS_rt_sigprocmask, kNoSuchWay, mask, nullptr, sizeof(uint64_t)) == -EINVAL;
}

// A block of the C library's that has the size of a cache: the size stands in front of it, flags in its
// lowest bits.
bool MayBeCache(uintptr_t at) {
  constexpr size_t kBlockBytes = (sizeof(ThreadCache) + sizeof(size_t) + 15) & ~size_t{15};
  if (at % 16 != 0 || at < 65536 || !IsReadable(at - 16) || !IsReadable(at + sizeof(ThreadCache) - 8))
    return false;  // it lies on two pages at most
  return (reinterpret_cast<const size_t*>(at)[-1] & ~size_t{7}) == kBlockBytes;
}

bool FindOwn() {
  const AddressRange variables = LibcVariables();
  for (uintptr_t at = (variables.begin + 7) & ~uintptr_t{7}; at + 8 <= variables.end; at += 8) {
    const uintptr_t value = *reinterpret_cast<const uintptr_t*>(at);
    if (!MayBeCache(value)) continue;
    const CacheProof proof = Prove(reinterpret_cast<const ThreadCache*>(value));
    if (proof == CacheProof::kNone) continue;
    knowledge.from_errno = static_cast<ptrdiff_t>(at - reinterpret_cast<uintptr_t>(&errno));
    knowledge.mixed = proof == CacheProof::kMixed;
    return true;
  }
  return false;
}

// The C library frees a thread's cache after the destructors of its keys: from here on nobody else may touch
// it. Inside the guard, so that it waits for who does now.
void Leave(void* given) {
  ThreadRecord& record = *static_cast<ThreadRecord*>(given);
  const quiesce::Guard guard(record);
  record.engine_part.store(kLeft, std::memory_order_release);
}

// From a thread that is kept outside malloc.
void TakeFrom(ThreadRecord& record, CachedBlocks& into) {
  void* place = record.engine_part.load(std::memory_order_acquire);
  if (place == nullptr || place == kLeft) return;
  // One that ended by a bare system call ran no destructors, and its variables may be gone; its number may be
  // another's one day.
  if (!os::ThreadExists(record.tid.load(std::memory_order_relaxed))) {
    record.engine_part.store(kLeft, std::memory_order_relaxed);
    return;
  }
  ThreadCache* cache = *static_cast<ThreadCache**>(place);
  if (cache != nullptr) cache->TakeAll(knowledge.mixed, into);
}

// Leaves those that offered nothing out of `batch`; how many remain.
int KeepOffers(ThreadRecord** batch, int count) {
  int kept = 0;
  for (int index = 0; index < count; ++index) {
    void* place = batch[index]->engine_part.load(std::memory_order_relaxed);
    if (batch[index] != threads::current && place != nullptr && place != kLeft) batch[kept++] = batch[index];
  }
  return kept;
}

// Returns the longest time that a thread was kept out.
uint64_t TakeFromOthers(CachedBlocks& into) {
  constexpr int kBatch = 32;
  uint64_t longest_ns = 0;
  ThreadRecord* batch[kBatch];
  int seen = 0;
  int count = 0;
  while (!releaser::IsClosed() && (count = threads::Collect(batch, kBatch, seen)) > 0) {
    seen += count;
    const uint64_t start = os::NowNanoseconds();
    const int claimed = quiesce::ClaimSome(batch, KeepOffers(batch, count));
    for (int index = 0; index < claimed; ++index) {
      TakeFrom(*batch[index], into);
      quiesce::LetGo(*batch[index]);
    }
    quiesce::LetAllGo();
    const uint64_t took_ns = os::NowNanoseconds() - start;
    if (took_ns > longest_ns) longest_ns = took_ns;
  }
  return longest_ns;
}

// malloc_trim shrinks the heap of the first arena only. In the others (heaps of at most 64 MiB, aligned to
// that: HEAP_MAX_SIZE) what is free at the end stays, until a free there makes a run of 64 KiB or more. So of
// each heap the last block is kept back until all around it is merged.
class KeptBack {
 public:
  // Keeps this one, or one that it had before: what is to be freed now, or nullptr.
  CachedBlock* Exchange(CachedBlock* block) {
    for (int index = 0; index < count_; ++index) {
      if (HeapOf(blocks_[index]) != HeapOf(block)) continue;
      if (block < blocks_[index]) return block;
      CachedBlock* before = blocks_[index];
      blocks_[index] = block;
      return before;
    }
    if (count_ == kMost) return block;
    blocks_[count_++] = block;
    return nullptr;
  }
  void Free() {
    for (int index = 0; index < count_; ++index) real_libc::release.Get()(blocks_[index]);
  }

 private:
  static uintptr_t HeapOf(const CachedBlock* block) { return reinterpret_cast<uintptr_t>(block) >> 26; }
  static constexpr int kMost = 64;
  int count_ = 0;
  CachedBlock* blocks_[kMost];
};

void FreeAll(const CachedBlocks& blocks, KeptBack& kept) {
  const auto release = real_libc::release.Get();
  for (CachedBlock* block = blocks.lists; block != nullptr;) {
    CachedBlock* next = reinterpret_cast<CachedBlock*>(block->next);
    release(block);
    block = next;
  }
  for (CachedBlock* block = blocks.merged; block != nullptr;) {
    CachedBlock* next = reinterpret_cast<CachedBlock*>(block->next);
    release(kept.Exchange(block));
    block = next;
  }
}

uint64_t TimedTrim() {
  const uint64_t start = os::NowNanoseconds();
  if (auto* trim = real_libc::Find().malloc_trim) trim(0);
  return os::NowNanoseconds() - start;
}

}  // namespace

void Learn() {
  const auto make_key = RealKeyCreate();
  knowledge.set_specific =
      reinterpret_cast<int (*)(unsigned, const void*)>(FindNextSymbol("pthread_setspecific"));
  if (make_key == nullptr || knowledge.set_specific == nullptr) return;
  const SignalsBlocked quiet;  // a handler that allocates would spoil the experiment
  if (!FindOwn() || make_key(&knowledge.exit_key, Leave) != 0) return;
  known.store(true, std::memory_order_release);
}

bool Known() { return known.load(std::memory_order_acquire); }

void Offer() {
  ThreadRecord* record = threads::current;
  if (record == nullptr || record->engine_part.load(std::memory_order_relaxed) != nullptr || !Known()) return;
  if (knowledge.set_specific(knowledge.exit_key, record) != 0) return;
  const quiesce::Guard guard(*record);
  record->engine_part.store(OwnPlace(), std::memory_order_release);
}

uint64_t Trim() {
  if (!Known()) return TimedTrim();
  CachedBlocks blocks;
  const uint64_t kept_out_ns = TakeFromOthers(blocks);
  const SignalsBlocked quiet;  // nobody may allocate on this thread while its cache is closed
  if (*OwnPlace() == nullptr) real_libc::release.Get()(real_libc::allocate.Get()(ThreadCache::kSmallest));
  ThreadCache* own = *OwnPlace();
  if (own != nullptr) {
    own->TakeAll(knowledge.mixed, blocks);
    own->Close();
  }
  KeptBack kept;
  FreeAll(blocks, kept);
  const uint64_t trim_ns = TimedTrim();
  kept.Free();
  if (own != nullptr) own->Open();
  return trim_ns > kept_out_ns ? trim_ns : kept_out_ns;
}

}  // namespace memgov::thread_caches
