// The guard around every entry into an engine that is not fork-safe by itself, and the way to wait until all
// threads are outside.
//
// An asymmetric Dekker: the thread stores busy, then loads the claim; the claimant stores the claim, runs
// membarrier(PRIVATE_EXPEDITED) (a full fence on every thread that is running), then loads every busy. So
// either the thread sees the claim, or the claimant sees it busy. The thread's side of that needs a compiler
// barrier only; it loads the claim with acquire, so that it sees what was done in its stead before the claim
// was released. Where membarrier is refused the claim word carries kFence for ever, which sends every entry
// through the slow path with a full fence of its own.
//
// The claim word's low bits say whether there is a claim; above them is a count of the threads that were let
// go of while others are still claimed, so that a thread that waits on the word is not overlooked.
//
// A vfork child runs on its parent's record, and may be killed anywhere. So busy is not 0 from a vfork until
// the parent itself enters again, which sends the child's entries and that one through EnterVforked: it tells
// them apart by the thread's id, and takes back what a child has left. Until then a child that was killed
// inside counts as inside.
//
// Entries nest (an engine's call into libc may come back as calloc); only the outermost one counts.
// Leaving is a release store: the claimant's acquire load of 0 sees all that was done inside.
#ifndef MEMGOV_SHIM_QUIESCE_H_
#define MEMGOV_SHIM_QUIESCE_H_

#include <atomic>

#include "governor/pools/thread_record.h"

namespace memgov::quiesce {

enum : uint32_t { kOpen = 0, kClaimed = 1, kFence = 2, kSomeClaimed = 4, kLetGo = 8 };
extern std::atomic<uint32_t> claim;

// ThreadRecord::busy: a vfork may come from a signal handler that has interrupted the engine, hence the
// third.
enum : uint32_t { kOutside = 0, kInside = 1, kVforked = 2, kInsideBefore = 4 };
enum class Entry : uint8_t { kOutermost, kNested, kOutermostOfChild };

// Registers for membarrier; from the constructor, while the process has one thread (12 ms later on, 2 us
// now).
void Start();

// The claim was seen: waits until it is gone, outside meanwhile.
void EnterSlow(ThreadRecord& record);
// busy has kVforked.
Entry EnterVforked(ThreadRecord& record);
void LeaveInChild(ThreadRecord& record);

// From a thread that is about to vfork and is no vfork child itself. Nothing before Start.
void BeforeVfork(ThreadRecord& record);

// From fork's prepare, which holds all locks (FutexLock::BeginFork) and has a record: claims, and waits until
// every other thread is outside. Threads that want to enter wait until Release. The calling thread may enter
// all the time.
void ClaimAll();
// The same under the release lock alone (which fork's prepare takes first, so that there is one claimant),
// and with patience: a signal handler of a thread that is inside may wait for the lock that the caller holds.
// False when some thread was still inside at the deadline. Release either way.
bool ClaimAllBefore(uint64_t deadline_ns);
void Release();
// In the child nobody else exists.
void ReleaseInChild(ThreadRecord* self);

// Claims single threads, with one fence for all of them: keeps those in `records` that are outside, and kept
// outside until they are let go of, and returns how many; those that are inside now are not claimed. By one
// thread at a time, under the release lock. The caller then does what otherwise only the owner may: to each
// as soon as it can, and lets it go at once. LetAllGo when all are.
int ClaimSome(ThreadRecord** records, int count);
void LetGo(ThreadRecord& record);
void LetAllGo();

class Guard {
 public:
  explicit Guard(ThreadRecord& record) : record_(record) {
    const uint32_t busy = record.busy.load(std::memory_order_relaxed);
    if (busy != kOutside) [[unlikely]] {
      entry_ = (busy & kVforked) == 0 ? Entry::kNested : EnterVforked(record);
      return;
    }
    record.busy.store(kInside, std::memory_order_relaxed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if (claim.load(std::memory_order_acquire) != kOpen) [[unlikely]]
      EnterSlow(record);
  }
  ~Guard() {
    if (entry_ == Entry::kOutermost) [[likely]] {
      record_.busy.store(kOutside, std::memory_order_release);
    } else if (entry_ == Entry::kOutermostOfChild) {
      LeaveInChild(record_);
    }
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  ThreadRecord& record_;
  // A branch on the loaded value, never arithmetic: 1 and 0 are stored as constants, so that an entry does
  // not wait for the store of the one before.
  Entry entry_ = Entry::kOutermost;
};

// For engines that see to fork themselves.
class NoGuard {
 public:
  explicit NoGuard(ThreadRecord&) {}
};

}  // namespace memgov::quiesce

#endif  // MEMGOV_SHIM_QUIESCE_H_
