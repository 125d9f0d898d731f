#include "admission_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "fake_memgov.h"

namespace llm_gateway {
namespace {

using Ticket = AdmissionQueue::Ticket;

// Long enough that a test which waits for it in vain fails by ctest's time, not by chance.
constexpr absl::Duration kLong = absl::Seconds(60);

AdmissionOptions Patient() {
  return {.ask = true, .most_waiting = 4, .longest_wait = kLong, .ask_again = absl::Milliseconds(1)};
}

AdmissionOptions Impatient() {
  AdmissionOptions options = Patient();
  options.longest_wait = absl::Milliseconds(5);
  return options;
}

void WaitUntilSomeWait(const AdmissionQueue& queue, size_t count) {
  while (queue.Counts().waiting != count) absl::SleepFor(absl::Milliseconds(1));
}

TEST(AdmissionQueue, ATicketHoldsAReservation) {
  fake_memgov::Reset(100);
  AdmissionQueue queue(Patient());
  {
    const std::optional<Ticket> ticket = queue.Enter(70);
    ASSERT_TRUE(ticket);
    EXPECT_EQ(fake_memgov::AdmittedBytes(), 70u);
  }
  EXPECT_EQ(fake_memgov::AdmittedBytes(), 0u);
  EXPECT_EQ(queue.Counts().admitted, 1u);
  EXPECT_EQ(queue.Counts().deferred, 0u);
}

TEST(AdmissionQueue, AMovedTicketGivesBackOnce) {
  fake_memgov::Reset(100);
  AdmissionQueue queue(Patient());
  std::optional<Ticket> ticket = queue.Enter(70);
  {
    const Ticket moved = *std::move(ticket);
    ticket.reset();
    EXPECT_EQ(fake_memgov::AdmittedBytes(), 70u);
  }
  EXPECT_EQ(fake_memgov::AdmittedBytes(), 0u);
}

TEST(AdmissionQueue, WhoIsRejectedDoesNotWait) {
  fake_memgov::Reset(100);
  fake_memgov::RejectAll();
  AdmissionQueue queue(Patient());
  EXPECT_FALSE(queue.Enter(10));
  EXPECT_EQ(fake_memgov::Asked(), 1);
  EXPECT_EQ(queue.Counts().rejected, 1u);
  EXPECT_EQ(queue.Counts().deferred, 0u);
}

TEST(AdmissionQueue, WhoWaitsInVainIsRefused) {
  fake_memgov::Reset(100);
  AdmissionQueue queue(Impatient());
  const std::optional<Ticket> first = queue.Enter(70);
  EXPECT_FALSE(queue.Enter(70));
  EXPECT_EQ(queue.Counts().deferred, 1u);
  EXPECT_EQ(queue.Counts().rejected, 1u);
  EXPECT_EQ(queue.Counts().waiting, 0u);
  EXPECT_EQ(fake_memgov::AdmittedBytes(), 70u);
}

TEST(AdmissionQueue, WhoWaitsGoesInWhenATicketGoes) {
  fake_memgov::Reset(100);
  AdmissionOptions options = Patient();
  options.ask_again = kLong;  // only the ticket can wake it
  AdmissionQueue queue(options);
  std::optional<Ticket> first = queue.Enter(70);
  std::thread second([&queue] { EXPECT_TRUE(queue.Enter(70)); });
  WaitUntilSomeWait(queue, 1);
  first.reset();
  second.join();
  EXPECT_EQ(queue.Counts().admitted, 2u);
  EXPECT_EQ(queue.Counts().rejected, 0u);
}

TEST(AdmissionQueue, WhoWaitsAsksAgainThoughNoTicketGoes) {
  fake_memgov::Reset(0);
  AdmissionQueue queue(Patient());
  std::thread waiter([&queue] { EXPECT_TRUE(queue.Enter(70)); });
  WaitUntilSomeWait(queue, 1);
  fake_memgov::SetRoom(100);  // memory became free elsewhere
  waiter.join();
}

TEST(AdmissionQueue, ARejectionEndsTheWait) {
  fake_memgov::Reset(0);
  AdmissionQueue queue(Patient());
  std::thread waiter([&queue] { EXPECT_FALSE(queue.Enter(70)); });
  WaitUntilSomeWait(queue, 1);
  fake_memgov::RejectAll();
  waiter.join();
}

TEST(AdmissionQueue, NobodyOvertakesWhoWaits) {
  fake_memgov::Reset(100);
  AdmissionQueue queue(Patient());
  std::optional<Ticket> most = queue.Enter(70);
  std::atomic<int> next{0};
  int big_went = -1;
  int small_went = -1;
  std::thread big([&] {
    const std::optional<Ticket> ticket = queue.Enter(90);
    big_went = next++;
  });
  WaitUntilSomeWait(queue, 1);
  std::thread small([&] {  // it would fit beside the first one
    const std::optional<Ticket> ticket = queue.Enter(10);
    small_went = next++;
  });
  WaitUntilSomeWait(queue, 2);
  EXPECT_EQ(fake_memgov::AdmittedBytes(), 70u);
  fake_memgov::SetRoom(90);  // never both
  most.reset();
  big.join();
  small.join();
  EXPECT_EQ(big_went, 0);
  EXPECT_EQ(small_went, 1);
}

TEST(AdmissionQueue, AFullLineRefusesAtOnce) {
  fake_memgov::Reset(0);
  AdmissionQueue queue(Patient());
  std::vector<std::thread> waiters;
  for (int i = 0; i < 4; ++i) waiters.emplace_back([&queue] { EXPECT_TRUE(queue.Enter(10)); });
  WaitUntilSomeWait(queue, 4);
  EXPECT_FALSE(queue.Enter(10));
  fake_memgov::SetRoom(10);  // one after the other
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(queue.Counts().admitted, 4u);
  EXPECT_EQ(queue.Counts().rejected, 1u);
}

TEST(AdmissionQueue, SwitchedOffItAsksNobody) {
  fake_memgov::Reset(0);
  AdmissionOptions options = Patient();
  options.ask = false;
  AdmissionQueue queue(options);
  EXPECT_TRUE(queue.Enter(10));
  EXPECT_EQ(fake_memgov::Asked(), 0);
}

TEST(AdmissionQueue, ManyAtOnceNeverHoldMoreThanTheRoom) {
  fake_memgov::Reset(100);
  AdmissionOptions options = Patient();
  options.most_waiting = 16;
  AdmissionQueue queue(options);
  std::atomic<size_t> most{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const std::optional<Ticket> ticket = queue.Enter(30);
        EXPECT_TRUE(ticket);
        const size_t now = fake_memgov::AdmittedBytes();
        size_t before = most;
        while (now > before && !most.compare_exchange_weak(before, now)) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(most, 90u);
  EXPECT_EQ(fake_memgov::AdmittedBytes(), 0u);
  EXPECT_EQ(queue.Counts().admitted, 600u);
}

}  // namespace
}  // namespace llm_gateway
