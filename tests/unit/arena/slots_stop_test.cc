// How slots are started and stopped when the system refuses something, or a thread was lost. Each case has a
// child.
#include <gtest/gtest.h>

#include <vector>

#include "governor/base/os.h"
#include "shim/arena/slots.h"
#include "unit/arena/slots_support.h"
#include "unit/child.h"

namespace memgov::arena {
namespace {

using slots::Slot;
using slots::Way;

constexpr uint32_t kClass = 10;

TEST(SlotsStartTest, OffMeansOff) {
  InChild([] {
    slots::Start(Way::kNone);
    EXPECT_FALSE(slots::Attach(0));
    EXPECT_EQ(slots::Current(0), nullptr);
    EXPECT_EQ(slots::Drain(false), 0U);
  });
}

TEST(SlotsStartTest, WithoutMembarrierThePortableWayIsTaken) {
  for (const uint32_t nth : {1U, 2U}) {
    InChild([&] {
      os::FailNth(os::Call::kMembarrier, nth, true);
      slots::Start(Way::kSequences);
      EXPECT_EQ(slots::way.load(), Way::kPortable);
      EXPECT_TRUE(slots::Attach(0));
      EXPECT_NE(slots::Current(0), nullptr);
    });
  }
}

// A seccomp filter that came later. Nothing is lost, and nobody works on a slot by sequences any more.
TEST(SlotsStartTest, MembarrierRefusedLaterEndsSequencesForGood) {
  InChild([] {
    StartAndAttach(Way::kSequences);
    if (slots::way.load() != Way::kSequences) return;
    const void* sequences = Table(0);
    const std::vector<void*> blocks = Fill(kClass);
    os::FailNth(os::Call::kMembarrier, 1, true);
    EXPECT_EQ(slots::Drain(false), blocks.size() * kSizeClasses[kClass].bytes);
    EXPECT_EQ(Used(kClass), 0U);
    EXPECT_EQ(slots::way.load(), Way::kPortable);
    EXPECT_EQ(slots::Pop(sequences, kSizeClasses[kClass].line), nullptr);
    ASSERT_TRUE(slots::Attach(0));
    EXPECT_EQ(Fill(kClass).size(), kSizeClasses[kClass].capacity);
  });
}

// Its holder was killed in the middle (a vfork child): waited for once, and used again once it is left.
TEST(SlotsLostTest, ASlotThatNobodyLeavesIsNotWaitedForTwice) {
  InChild([] {
    StartAndAttach(Way::kPortable);
    Fill(kClass);
    Slot& slot = *slots::Current(0);
    slot.busy = 1;
    EXPECT_EQ(slots::Drain(false), 0U);
    EXPECT_EQ(slots::LostSlots(), 1U);
    const uint64_t before = os::NowNanoseconds();
    for (int times = 0; times < 100; ++times) slots::Drain(false);
    EXPECT_LT(os::NowNanoseconds() - before, 10000000000U) << "100 times 100 ms";
    EXPECT_EQ(slots::LostSlots(), 1U);
    EXPECT_EQ(slot.busy, 1U) << "still its holder's";
    slot.busy = 0;
    EXPECT_GT(slots::Drain(false), 0U);
    EXPECT_EQ(slots::LostSlots(), 1U);
  });
}

TEST(SlotsLostTest, InAForkChildItStartsEmpty) {
  InChild([] {
    StartAndAttach(Way::kPortable);
    Fill(kClass);
    Slot& slot = *slots::Current(0);
    slot.busy = 1;
    slots::Stop();
    const ChildEnd end = RunInChild([&] {
      slots::RestartInChild();
      EXPECT_EQ(slots::CachedBytes(kMostGroups), 0U);
      EXPECT_EQ(slot.limit_bytes, 0);
      EXPECT_FALSE(Fill(kClass).empty());
    });
    EXPECT_EQ(end.status, 0) << end.error_text;
    slots::Restart();
    EXPECT_EQ(slot.busy, 1U) << "in the parent its holder goes on";
    EXPECT_GT(slots::CachedBytes(kMostGroups), 0U);
  });
}

}  // namespace
}  // namespace memgov::arena
