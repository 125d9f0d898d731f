#include "shim/bystander.h"

#include <stdint.h>

#include "governor/base/message.h"
#include "governor/base/text.h"
#include "shim/linkage.h"
#include "shim/next_symbol.h"
#include "shim/thread_hooks.h"

namespace memgov {
namespace {

// Function pointers come out of symbol tables as data pointers.
template <typename F>
F* FunctionAt(void* address) {
  return reinterpret_cast<F*>(address);
}

struct FrontDoor {
  void* (*allocate)(size_t) = nullptr;
  void* (*allocate_zeroed)(size_t, size_t) = nullptr;
  void* (*resize)(void*, size_t) = nullptr;
  void (*release)(void*) = nullptr;
  int (*allocate_aligned)(void**, size_t, size_t) = nullptr;
  size_t (*usable_size)(void*) = nullptr;
};
constinit FrontDoor front_door;  // written by the first thread, before there are others

// With `past_us`, what comes after this object where this object comes first.
void FindFrontDoor(bool past_us) {
  const auto find = [&](const char* name) {
    if (!past_us) return FindFirstSymbol(name);
    if (void* linked = linkage::LinkedInterceptor(name); linked != nullptr) return linked;
    void* first = FindFirstSymbol(name);
    const AddressRange own = ObjectRangeOf(reinterpret_cast<const void*>(&DetectBystander));
    return own.Holds(first) ? FindNextSymbol(name) : first;
  };
  front_door.allocate = FunctionAt<void*(size_t)>(find("malloc"));
  front_door.allocate_zeroed = FunctionAt<void*(size_t, size_t)>(find("calloc"));
  front_door.resize = FunctionAt<void*(void*, size_t)>(find("realloc"));
  front_door.release = FunctionAt<void(void*)>(find("free"));
  front_door.allocate_aligned = FunctionAt<int(void**, size_t, size_t)>(find("posix_memalign"));
  front_door.usable_size = FunctionAt<size_t(void*)>(find("malloc_usable_size"));
}

uint64_t AllocatedByThisThread() {
  return threads::current != nullptr ? threads::current->AllocatedBytes() : 0;
}

bool FrontDoorReachesUs() {
  // Without memory for a record nothing can be counted; then the symbol has to do.
  if (threads::current == nullptr && RegisterThisThread() == nullptr) {
    const AddressRange own = ObjectRangeOf(reinterpret_cast<const void*>(&DetectBystander));
    return own.Holds(reinterpret_cast<const void*>(front_door.allocate));
  }
  const uint64_t before = AllocatedByThisThread();
  front_door.release(front_door.allocate(64));
  return AllocatedByThisThread() != before;
}

struct OtherAllocator {
  const char* object_prefix;
  const char* name;
};
constexpr OtherAllocator kOthers[] = {{"libjemalloc", "jemalloc"},
                                      {"libtcmalloc", "tcmalloc"},
                                      {"libsnmalloc", "snmalloc"},
                                      {"libmimalloc", "mimalloc"}};

enum : uint32_t { kNotLooked, kLooking, kPlain, kSanitized };
constinit std::atomic<uint32_t> sanitizer{kNotLooked};

bool HasSanitizer() {
  if (linkage::LinkedSanitizer()) return true;
  for (const char* init : {"__asan_init", "__tsan_init", "__hwasan_init", "__lsan_init", "__msan_init"}) {
    if (FindFirstSymbol(init) != nullptr) return true;
  }
  return false;
}

void OwnName(char* out, size_t capacity) {
  if (linkage::kOwnName != nullptr) return CopyText(out, capacity, linkage::kOwnName, nullptr);
  ObjectNameOf(reinterpret_cast<const void*>(&DetectBystander), out, capacity);
}

void SayBystander() {
  char own[64];
  char other[64];
  OwnName(own, sizeof own);
  const void* const server = reinterpret_cast<const void*>(front_door.allocate);
  ObjectNameOf(server, other, sizeof other);
  // The name leads to us, and the call does not: valgrind puts its own functions in the place of ours.
  const bool replaced = !linkage::LinkedSanitizer() &&
                        ObjectRangeOf(reinterpret_cast<const void*>(&DetectBystander)).Holds(server);
  Message()
      ->Text(own)
      .Text(": ")
      .Text(replaced           ? "a tool that replaces functions (valgrind)"
            : other[0] != '\0' ? other
                               : "the program itself")
      .Text(" serves malloc; memgov stays out of the way (preload memgov first, and without a sanitizer)");
}

void SayWhoIsIdle() {
  char own[64];
  char other[64];
  OwnName(own, sizeof own);
  for (const OtherAllocator& candidate : kOthers) {
    if (CountObjects(candidate.object_prefix, other, sizeof other) == 0) continue;
    Message()
        ->Text(own)
        .Text(": serves malloc; ")
        .Text(candidate.name)
        .Text(" (")
        .Text(other)
        .Text(TextEqual(candidate.name, ChosenEngine::kName)
                  ? ") is loaded too and is called by its own names only"
                  : ") is loaded too and sees none of its calls");
    return;
  }
}

}  // namespace

namespace surface {

constinit std::atomic<bool> is_bystander{false};

void* AllocateElsewhere(const Request& request) {
  if (request.alignment == 0) {
    return request.zeroed ? front_door.allocate_zeroed(1, request.size) : front_door.allocate(request.size);
  }
  void* block = nullptr;
  if (front_door.allocate_aligned(&block, request.alignment, request.size) != 0) return nullptr;
  if (request.zeroed) __builtin_memset(block, 0, request.size);
  return block;
}

void* ResizeElsewhere(void* block, size_t size) { return front_door.resize(block, size); }
void FreeElsewhere(void* block) { front_door.release(block); }
size_t UsableSizeElsewhere(void* block) { return front_door.usable_size(block); }

}  // namespace surface

bool IsSanitized() {
  const uint32_t known = sanitizer.load(std::memory_order_relaxed);
  if (known != kNotLooked) [[likely]]
    return known == kSanitized;
  sanitizer.store(kLooking, std::memory_order_relaxed);  // a look-up that allocates is served by the engine
  const bool found = HasSanitizer();
  if (found) {
    FindFrontDoor(true);
    surface::is_bystander.store(true, std::memory_order_relaxed);
  }
  sanitizer.store(found ? kSanitized : kPlain, std::memory_order_relaxed);
  return found;
}

void DetectBystander() {
  if (IsSanitized()) return SayBystander();
  FindFrontDoor(false);
  if (FrontDoorReachesUs()) return SayWhoIsIdle();
  surface::is_bystander.store(true, std::memory_order_relaxed);
  threads::current = nullptr;  // constructors before ours may have come here for what the other one lacks
  SayBystander();
}

}  // namespace memgov
