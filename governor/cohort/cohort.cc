#include "governor/cohort/cohort.h"

#include <errno.h>

#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/cohort/cohort_file.h"
#include "governor/cohort/segment.h"

namespace memgov::cohort {
namespace {

// Of the one thread that joins and publishes.
struct State {
  constexpr State() = default;
  CohortFile file;  // stays when the slot goes: a fork child joins through it
  ProcessWord me = 0;
  Sweeper sweeper;
  bool said = false;
  bool failed = false;  // the last Join
};
constinit State state;

// For every thread. `segment` is written before a ticket that is valid, and is mapped for good.
//
// What this process has reserved is in its slot, or in `unshared` while it has none. Bytes go from one to the
// other by being added there first and taken off here afterwards, whoever does it: they may count twice for a
// moment, and are never missed.
constinit std::atomic<Segment*> segment{nullptr};
constinit std::atomic<uint64_t> ticket_bits{0};
constinit Word unshared{0};

// Moves between the two. While none is under way and none began, who looks into both has seen every byte.
constinit Word moves_begun{0};
constinit Word moves_ended{0};

// So that an absurd reservation that is undone takes nothing of anybody else's with it.
uint64_t AtOnce(uint64_t bytes) { return bytes < kMostAtOnce ? bytes : kMostAtOnce; }

Ticket OwnTicket() { return Ticket(ticket_bits.load()); }

uint64_t TakeUnshared(uint64_t bytes) {
  uint64_t now = unshared.load();
  uint64_t taken = 0;
  do {
    taken = bytes < now ? bytes : now;
  } while (!unshared.compare_exchange_weak(now, now - taken));
  return taken;
}

void AddUnshared(uint64_t bytes) {
  uint64_t now = unshared.load();
  uint64_t sum = 0;
  do {
    sum = now + bytes < kMostBytes ? now + bytes : kMostBytes;
  } while (!unshared.compare_exchange_weak(now, sum));
}

// From wherever they are, and again while bytes may be on their way from `unshared` to the slot, or back: a
// move is a handful of instructions, but its thread may be kept from running. Bounded: figures, not lives,
// depend on it.
uint64_t Take(uint64_t bytes) {
  constexpr int kMostLooks = 1000;
  constexpr int kPatientLooks = 50;
  constexpr uint64_t kPauseNs = 20000;
  uint64_t taken = 0;
  for (int look = 0; look < kMostLooks; ++look) {
    if (look > kPatientLooks) os::SleepNanoseconds(kPauseNs);
    const uint64_t ended = moves_ended.load();
    const Ticket ticket = OwnTicket();
    taken += TakeUnshared(bytes - taken);
    if (ticket.valid()) taken += TakeReserved(*segment.load(), ticket, bytes - taken);
    const bool all_seen = ended == moves_begun.load() && ticket.bits() == OwnTicket().bits();
    if (taken == bytes || all_seen) break;
  }
  return taken;
}

void Share(Ticket ticket, uint64_t bytes) {
  if (bytes == 0) return;
  moves_begun.fetch_add(1);
  const bool added = AddReserved(*segment.load(), ticket, bytes);
  const uint64_t taken = added ? TakeUnshared(bytes) : bytes;
  moves_ended.fetch_add(1);
  if (taken < bytes) Take(bytes - taken);  // another thread shared those, or gave them back
}

void Unshare(Ticket ticket) {
  Segment& shared = *segment.load();
  moves_begun.fetch_add(1);
  const uint64_t bytes = OwnReserved(shared, ticket);
  AddUnshared(bytes);
  const uint64_t taken = TakeReserved(shared, ticket, bytes);
  moves_ended.fetch_add(1);
  if (taken < bytes) Take(bytes - taken);
}

void SayOnce(const char* what, int error, const char* path) {
  if (state.said) return;
  state.said = true;
  Message line;
  line->Text("cohort: ").Text(path).Text(": ").Text(what).Text(" (error ");
  line->Number(static_cast<uint64_t>(-error)).Text("); this process governs itself alone");
}

const char* Reason(int error) {
  switch (-error) {
    case ENOSPC:
      return "no space, or all 127 places are taken";
    case EPERM:
      return "another user's file";
    case EACCES:
      return "no access, or a file that is open to others";
    case EINVAL:
    case EISDIR:
    case EBADMSG:
      return "not a cohort file (remove it while no governed process runs)";
    case ELOOP:
      return "a symbolic link";
    case EFBIG:
      return "the limit of file sizes is too small";
    case EROFS:
      return "read-only";
    default:
      return "cannot be made or opened";
  }
}

void Enter(Ticket ticket) {
  segment.store(state.file.segment);
  ticket_bits.store(ticket.bits());
  Share(ticket, unshared.load());
}

// The mapping that is there (inherited, or of an earlier time) is taken when it is what others use, or when
// nothing better can be had: a worker that changed its root, or its user, cannot open the file.
int OpenFile(const char* folder, uint64_t identity) {
  const bool usable = IsUsable(state.file, identity);
  if (usable && IsNamed(state.file)) return 0;
  CohortFile found;
  const int opened = *folder != '\0' ? OpenOrCreate(folder, identity, state.me, &found) : -ENOENT;
  if (opened == 0 || !usable) state.file = found;
  return usable ? 0 : opened;
}

// Waits for one who is removing the file, and looks at every member whether it is gone.
int OpenAndTakeSlot(const char* folder, uint64_t identity, Ticket* ticket) {
  constexpr int kTries = 50;
  constexpr uint64_t kPauseNs = 1000000;
  int result = -EAGAIN;
  for (int tries = 0; result == -EAGAIN && tries < kTries; ++tries) {
    if (tries > 0) os::SleepNanoseconds(kPauseNs);
    result = OpenFile(folder, identity);
    if (result == 0) result = TakeSlot(state.file, state.me, false, ticket);
  }
  return result;
}

// The same at a small price, as it may be asked for as long as the process lives.
int TryAgain(const char* folder, uint64_t identity, Ticket* ticket) {
  const int result = OpenFile(folder, identity);
  if (result != 0) return result;
  state.sweeper.Sweep(*state.file.segment, Ticket(), os::NowNanoseconds());
  return TakeSlot(state.file, state.me, true, ticket);
}

// Another process, wrong about the end of this one, may have freed the slot.
bool KeepSlot() {
  const Ticket ticket = OwnTicket();
  if (!ticket.valid()) return false;
  if (IsOwner(*state.file.segment, ticket, state.me)) return true;
  const uint64_t reserved = OwnReserved(*state.file.segment, ticket);
  ticket_bits.store(0);
  AddUnshared(reserved);
  Ticket fresh;
  if (TakeSlot(state.file, state.me, false, &fresh) != 0) return false;
  Enter(fresh);
  return true;
}

}  // namespace

bool Join(const char* folder, uint64_t identity) {
  if (identity == 0) return false;
  if (Joined() && state.file.identity == identity) return true;
  Leave();
  state.me = OwnProcessWord();
  Ticket ticket;
  const bool again = state.failed && state.file.identity == identity;
  const int result = again ? TryAgain(folder, identity, &ticket) : OpenAndTakeSlot(folder, identity, &ticket);
  state.failed = result != 0;
  if (result == 0) {
    Enter(ticket);
    if (*folder != '\0') RemoveLeftovers(folder, state.file, state.me);
  } else if (*folder != '\0') {  // without one, RuntimeFolder said it
    SayOnce(Reason(result), result, state.file.path);
  }
  return result == 0;
}

bool Joined() { return OwnTicket().valid(); }

void Publish(const CohortMember& me, uint64_t now_ns) {
  if (KeepSlot()) Store(*state.file.segment, OwnTicket(), me, now_ns);
}

CohortView View(uint64_t now_ns) {
  if (!KeepSlot()) return CohortView();
  Segment& shared = *state.file.segment;
  state.sweeper.Sweep(shared, OwnTicket(), now_ns);
  return Collect(shared, OwnTicket(), now_ns);
}

void Leave() {
  const Ticket ticket = OwnTicket();
  if (!ticket.valid()) return;
  Segment& shared = *state.file.segment;
  do Unshare(ticket);
  while (!Retire(shared, ticket));
  ticket_bits.store(0);
  Free(shared, ticket, state.me);
  RemoveIfEmpty(state.file, state.me);
}

void Reserve(uint64_t asked) {
  const uint64_t bytes = AtOnce(asked);
  const Ticket before = OwnTicket();
  if (before.valid() && AddReserved(*segment.load(), before, bytes)) return;
  AddUnshared(bytes);
  const Ticket after = OwnTicket();  // joined meanwhile: who joined may have missed them
  if (after.valid()) Share(after, bytes);
}

uint64_t Unreserve(uint64_t bytes) { return Take(AtOnce(bytes)); }

uint64_t Reserved() {
  const uint64_t outside = unshared.load();
  const Ticket ticket = OwnTicket();
  return outside + (ticket.valid() ? OwnReserved(*segment.load(), ticket) : 0);
}

uint64_t ReservedByOthers() {
  const Ticket ticket = OwnTicket();
  return ticket.valid() ? SumOfOthers(*segment.load(), ticket) : 0;
}

void ForgetInChild() {
  ticket_bits.store(0);
  unshared.store(0);
  moves_begun.store(0);  // who was moving bytes does not exist here
  moves_ended.store(0);
  state.me = 0;
  state.failed = false;
  state.sweeper = Sweeper();
}

}  // namespace memgov::cohort
