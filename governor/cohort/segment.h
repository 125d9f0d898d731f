// What is in the cohort's file, and what one process does to it.
//
// Safety: Claim, Free, Refresh and Collect on one thread; the rest from any thread. No allocation, no lock,
// errno kept. Nothing in here is trusted: figures are clamped, indices and loops have constant bounds.
//
// Assumptions: every process maps the same pages, and 64-bit atomics are lock-free and address-free.
#ifndef MEMGOV_GOVERNOR_COHORT_SEGMENT_H_
#define MEMGOV_GOVERNOR_COHORT_SEGMENT_H_

#include <stddef.h>
#include <stdint.h>

#include <atomic>

#include "governor/cohort/cohort.h"
#include "governor/cohort/process_identity.h"

namespace memgov::cohort {

constexpr uint64_t kMagic = 0x74726f686f634d47;  // "GMcohort"
constexpr uint32_t kVersion = 1;
constexpr uint32_t kSlots = 127;  // with the header two pages
constexpr uint64_t kMostBytes = uint64_t{1} << 46;
// What has not been published for so long is of a process at rest, which wants nothing and has given back.
constexpr uint64_t kFreshNs = 3000 * 1000000ULL;

using Word = std::atomic<uint64_t>;
static_assert(Word::is_always_lock_free && sizeof(Word) == 8);

// A free slot has owner 0. Who takes one changes `owner` from 0 to its process word, and is the only writer
// of the rest until `owner` changes again: by its own hand, or by another's after its end.
//
// `reserved` is a tag in the upper 16 bits and bytes below. The tag changes with every owner, so that a
// thread that lost its slot between two instructions cannot count in the next owner's.
//
// Orderings: `owner`, `reserved` and `top` are sequentially consistent, because of two reservers: each adds
// to its own word and then reads all others; in the one order of all these operations the later addition is
// followed by a reading that contains the earlier one. Everything else is relaxed: figures that are old
// anyway.
struct alignas(64) Slot {
  Word owner;
  Word reserved;
  Word anonymous;
  Word releasable;
  Word demand;
  Word published_ns;
};
static_assert(sizeof(Slot) == 64);

struct alignas(64) Segment {
  uint64_t magic;
  uint32_t version;
  uint32_t bytes;
  // Slots from here on were never taken. Only grows, and before a slot beyond it is used.
  Word top;
  // Process word of who is removing the file, 0 while it may be joined.
  Word removing;
  alignas(64) Slot slots[kSlots];
};
static_assert(sizeof(Segment) == 8192);

// One's own slot, and the tag of its reservations; in one word, so that it changes as one. 0: none.
class Ticket {
 public:
  constexpr Ticket() = default;
  constexpr explicit Ticket(uint64_t bits) : bits_(bits) {}
  constexpr Ticket(uint32_t slot, uint64_t tag) : bits_((tag << 16) | (slot + 1)) {}
  constexpr uint64_t bits() const { return bits_; }
  constexpr bool valid() const { return bits_ != 0; }
  constexpr uint32_t slot() const { return static_cast<uint32_t>((bits_ & 0xffff) - 1); }
  constexpr uint64_t tag() const { return bits_ >> 16; }

 private:
  uint64_t bits_ = 0;
};

void InitializeHeader(Segment& segment);
bool IsHeaderValid(const Segment& segment);

// A slot for `me`, with nothing reserved: its own of an earlier life (exec), a free one, or that of a process
// that is gone. Invalid when all are taken.
Ticket Claim(Segment& segment, ProcessWord me);
// The same without a look at who is gone: 100 ns.
Ticket ClaimFree(Segment& segment, ProcessWord me);
// From now on nothing can be added to the ticket's word. False, and nothing changed, while there is something
// in it.
bool Retire(Segment& segment, Ticket ticket);
void Free(Segment& segment, Ticket ticket, ProcessWord me);
bool IsOwner(const Segment& segment, Ticket ticket, ProcessWord me);
bool IsEmpty(Segment& segment);  // nobody alive in it; as long as the first one found alive takes

// Adds to the ticket's word. False, and nothing changed: the slot is another's by now.
bool AddReserved(Segment& segment, Ticket ticket, uint64_t bytes);
// Takes off at most what is there; returns what was taken.
uint64_t TakeReserved(Segment& segment, Ticket ticket, uint64_t bytes);
uint64_t OwnReserved(const Segment& segment, Ticket ticket);
// Sum over all taken slots but the ticket's: 1 ns each.
uint64_t SumOfOthers(const Segment& segment, Ticket ticket);

void Store(Segment& segment, Ticket ticket, const CohortMember& me, uint64_t now_ns);
CohortView Collect(const Segment& segment, Ticket ticket, uint64_t now_ns);

// Frees slots of processes that are gone: looks at each at most once a second and at 8 in a call, the next
// ones in the next.
class Sweeper {
 public:
  constexpr Sweeper() = default;
  void Sweep(Segment& segment, Ticket own, uint64_t now_ns);

 private:
  static constexpr int kLooksPerCall = 8;
  static constexpr uint64_t kAgainNs = 1000 * 1000000ULL;
  uint64_t looked_ns_[kSlots] = {};
  uint32_t next_ = 0;
};

}  // namespace memgov::cohort

#endif  // MEMGOV_GOVERNOR_COHORT_SEGMENT_H_
