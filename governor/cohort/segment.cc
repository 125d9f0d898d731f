#include "governor/cohort/segment.h"

namespace memgov::cohort {
namespace {

constexpr int kTagShift = 48;
constexpr uint64_t kBytesMask = (uint64_t{1} << kTagShift) - 1;
constexpr uint64_t kTagMask = 0xffff;

uint64_t Least(uint64_t a, uint64_t b) { return a < b ? a : b; }
uint64_t Clamped(uint64_t bytes) { return Least(bytes, kMostBytes); }
uint64_t Read(const Word& word) { return Clamped(word.load(std::memory_order_relaxed)); }
uint64_t TagOf(uint64_t word) { return word >> kTagShift; }
uint64_t BytesOf(uint64_t word) { return Clamped(word & kBytesMask); }
uint64_t Pack(uint64_t tag, uint64_t bytes) { return (tag << kTagShift) | bytes; }

uint32_t Top(const Segment& segment) { return static_cast<uint32_t>(Least(segment.top.load(), kSlots)); }

void RaiseTop(Segment& segment, uint32_t top) {
  uint64_t now = segment.top.load();
  while (now < top && !segment.top.compare_exchange_weak(now, top)) {
  }
}

// The caller is the owner. From here on no earlier owner's addition can succeed.
Ticket Begin(Segment& segment, uint32_t index) {
  RaiseTop(segment, index + 1);
  Slot& slot = segment.slots[index];
  const uint64_t tag = (TagOf(slot.reserved.load()) + 1) & kTagMask;
  slot.reserved.store(Pack(tag, 0));
  for (Word* figure : {&slot.anonymous, &slot.releasable, &slot.demand, &slot.published_ns}) {
    figure->store(0, std::memory_order_relaxed);
  }
  return Ticket(index, tag);
}

Ticket ClaimOwnedBy(Segment& segment, ProcessWord before, ProcessWord me) {
  for (uint32_t index = 0; index < kSlots; ++index) {
    uint64_t expected = before;
    if (segment.slots[index].owner.compare_exchange_strong(expected, me)) return Begin(segment, index);
  }
  return Ticket();
}

// The word may be another's again since it was looked at: then it stays.
bool FreeIfGone(Slot& slot) {
  uint64_t owner = slot.owner.load();
  return owner == 0 || (IsGone(owner) && slot.owner.compare_exchange_strong(owner, 0));
}

bool IsFresh(const Slot& slot, uint64_t now_ns) {
  const uint64_t published = slot.published_ns.load(std::memory_order_relaxed);
  return published != 0 && (published < now_ns ? now_ns - published : published - now_ns) < kFreshNs;
}

void Add(const Slot& slot, uint64_t now_ns, CohortView& view) {
  ++view.members;
  view.others_reserved += BytesOf(slot.reserved.load());
  view.others_anonymous += Read(slot.anonymous);
  if (!IsFresh(slot, now_ns)) return;
  view.others_demand += Read(slot.demand);
  const uint64_t releasable = Read(slot.releasable);
  if (releasable > view.most_releasable) view.most_releasable = releasable;
}

}  // namespace

void InitializeHeader(Segment& segment) {
  segment.magic = kMagic;
  segment.version = kVersion;
  segment.bytes = sizeof(Segment);
}

bool IsHeaderValid(const Segment& segment) {
  return segment.magic == kMagic && segment.version == kVersion && segment.bytes == sizeof(Segment);
}

Ticket ClaimFree(Segment& segment, ProcessWord me) {
  const Ticket ticket = ClaimOwnedBy(segment, me, me);
  return ticket.valid() ? ticket : ClaimOwnedBy(segment, 0, me);
}

Ticket Claim(Segment& segment, ProcessWord me) {
  const Ticket ticket = ClaimFree(segment, me);
  if (ticket.valid()) return ticket;
  for (Slot& slot : segment.slots) FreeIfGone(slot);
  return ClaimOwnedBy(segment, 0, me);
}

bool Retire(Segment& segment, Ticket ticket) {
  Word& word = segment.slots[ticket.slot()].reserved;
  uint64_t now = Pack(ticket.tag(), 0);
  return word.compare_exchange_strong(now, Pack((ticket.tag() + 1) & kTagMask, 0)) ||
         TagOf(now) != ticket.tag();
}

void Free(Segment& segment, Ticket ticket, ProcessWord me) {
  Slot& slot = segment.slots[ticket.slot()];
  slot.reserved.store(Pack((ticket.tag() + 1) & kTagMask, 0));
  uint64_t owner = me;
  slot.owner.compare_exchange_strong(owner, 0);
}

bool IsOwner(const Segment& segment, Ticket ticket, ProcessWord me) {
  const Slot& slot = segment.slots[ticket.slot()];
  return slot.owner.load() == me && TagOf(slot.reserved.load()) == ticket.tag();
}

bool IsEmpty(Segment& segment) {
  for (Slot& slot : segment.slots) {
    if (!FreeIfGone(slot)) return false;
  }
  return true;
}

bool AddReserved(Segment& segment, Ticket ticket, uint64_t bytes) {
  Word& word = segment.slots[ticket.slot()].reserved;
  uint64_t now = word.load();
  do {
    if (TagOf(now) != ticket.tag()) return false;
  } while (!word.compare_exchange_weak(now, Pack(ticket.tag(), Clamped(BytesOf(now) + Clamped(bytes)))));
  return true;
}

uint64_t TakeReserved(Segment& segment, Ticket ticket, uint64_t bytes) {
  Word& word = segment.slots[ticket.slot()].reserved;
  uint64_t now = word.load();
  uint64_t taken = 0;
  do {
    if (TagOf(now) != ticket.tag()) return 0;
    taken = Least(bytes, BytesOf(now));
  } while (!word.compare_exchange_weak(now, Pack(ticket.tag(), BytesOf(now) - taken)));
  return taken;
}

uint64_t OwnReserved(const Segment& segment, Ticket ticket) {
  const uint64_t now = segment.slots[ticket.slot()].reserved.load();
  return TagOf(now) == ticket.tag() ? BytesOf(now) : 0;
}

uint64_t SumOfOthers(const Segment& segment, Ticket ticket) {
  uint64_t sum = 0;
  const uint32_t top = Top(segment);
  for (uint32_t index = 0; index < top; ++index) {
    const Slot& slot = segment.slots[index];
    if (index != ticket.slot() && slot.owner.load() != 0) sum += BytesOf(slot.reserved.load());
  }
  return sum;
}

void Store(Segment& segment, Ticket ticket, const CohortMember& me, uint64_t now_ns) {
  Slot& slot = segment.slots[ticket.slot()];
  slot.anonymous.store(me.anonymous_bytes, std::memory_order_relaxed);
  slot.releasable.store(me.releasable_bytes, std::memory_order_relaxed);
  slot.demand.store(me.demand_bytes, std::memory_order_relaxed);
  slot.published_ns.store(now_ns, std::memory_order_relaxed);
}

CohortView Collect(const Segment& segment, Ticket ticket, uint64_t now_ns) {
  CohortView view;
  const uint32_t top = Top(segment);
  for (uint32_t index = 0; index < top; ++index) {
    const Slot& slot = segment.slots[index];
    if (index != ticket.slot() && slot.owner.load() != 0) Add(slot, now_ns, view);
  }
  return view;
}

void Sweeper::Sweep(Segment& segment, Ticket own, uint64_t now_ns) {
  const uint32_t top = Top(segment);
  int looks = 0;
  for (uint32_t count = 0; count < top && looks < kLooksPerCall; ++count) {
    next_ = next_ + 1 < top ? next_ + 1 : 0;
    Slot& slot = segment.slots[next_];
    if (next_ == own.slot() || slot.owner.load() == 0) continue;
    if (looked_ns_[next_] != 0 && now_ns - looked_ns_[next_] < kAgainNs) continue;
    looked_ns_[next_] = now_ns;
    FreeIfGone(slot);
    ++looks;
  }
}

}  // namespace memgov::cohort
