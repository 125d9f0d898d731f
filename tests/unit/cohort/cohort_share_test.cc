// Who gets how much of the room, and whose turn it is to release.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "governor/cohort/cohort.h"

namespace memgov {
namespace {

constexpr uint64_t kMega = 1 << 20;

struct ShareCase {
  uint64_t headroom;
  uint32_t members;
  uint64_t my_demand;
  uint64_t others_demand;
  uint64_t share;
};

TEST(ShareOfHeadroomTest, Table) {
  const ShareCase cases[] = {
      {400 * kMega, 1, 0, 0, 400 * kMega},                    // alone: all of it
      {400 * kMega, 1, 5, 0, 400 * kMega},                    //
      {400 * kMega, 4, 0, 0, 100 * kMega},                    // nobody takes anything: equal parts
      {400 * kMega, 4, 7, 0, 250 * kMega},                    // the only busy one: half, and its kept part
      {400 * kMega, 4, 0, 7, 50 * kMega},                     // at rest: half an equal part stays
      {400 * kMega, 4, 10 * kMega, 30 * kMega, 100 * kMega},  // a quarter of the use
      {0, 4, 1, 1, 0},
      {1, 4, 1, 0, 1},
      {400 * kMega, 0, 0, 0, 400 * kMega},  // a view that makes no sense
      {UINT64_MAX, 1, 1, 0, UINT64_MAX},
      {100, 2, UINT64_MAX, UINT64_MAX, 100 - 25},
  };
  for (const ShareCase& item : cases) {
    CohortMember me;
    me.demand_bytes = item.my_demand;
    CohortView view;
    view.members = item.members;
    view.others_demand = item.others_demand;
    EXPECT_EQ(ShareOfHeadroom(item.headroom, me, view), item.share)
        << item.headroom << " " << item.members << " " << item.my_demand << " " << item.others_demand;
  }
}

TEST(ShareOfHeadroomTest, SharesNeverAddUpToMoreThanThereIs) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 20000; ++round) {
    const uint64_t headroom = random() >> (random() % 64);
    std::vector<uint64_t> demands(1 + random() % 127);
    uint64_t all = 0;
    for (uint64_t& demand : demands) {
      demand = random() % 3 == 0 ? 0 : random() >> (18 + random() % 46);
      all += demand;
    }
    CohortView view;
    view.members = static_cast<uint32_t>(demands.size());
    uint64_t sum = 0;
    for (const uint64_t demand : demands) {
      CohortMember me;
      me.demand_bytes = demand;
      view.others_demand = all - demand;
      const uint64_t share = ShareOfHeadroom(headroom, me, view);
      ASSERT_GE(share, headroom / 2 / demands.size()) << "half an equal share is everybody's";
      ASSERT_FALSE(__builtin_add_overflow(sum, share, &sum));
    }
    ASSERT_LE(sum, headroom);
    ASSERT_LE(headroom - sum, 3 * demands.size()) << "only what rounding loses is left over";
  }
}

TEST(ShareOfHeadroomTest, MoreUseNeverMeansLess) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20000; ++round) {
    CohortView view;
    view.members = 1 + static_cast<uint32_t>(random() % 127);
    view.others_demand = random() >> (20 + random() % 40);
    CohortMember less;
    less.demand_bytes = random() >> (20 + random() % 40);
    CohortMember more;
    more.demand_bytes = less.demand_bytes + 1 + random() % kMega;
    const uint64_t headroom = random() >> (random() % 64);
    if (less.demand_bytes + view.others_demand == 0) continue;  // equal parts
    ASSERT_LE(ShareOfHeadroom(headroom, less, view), ShareOfHeadroom(headroom, more, view));
  }
}

struct TurnCase {
  uint64_t mine;
  uint64_t most;
  bool hard;
  bool turn;
};

TEST(IsTurnToReleaseTest, Table) {
  const TurnCase cases[] = {
      {100, 0, false, true},
      {100, 100, false, true},
      {50, 100, false, true},
      {49, 100, false, false},
      {0, 100, false, false},
      {0, 0, false, true},
      {0, 100, true, true},
      {1, 3, false, false},
      {2, 3, false, true},
      {UINT64_MAX, 1, false, true},
      {UINT64_MAX / 2 + 1, UINT64_MAX, false, true},
      {1, UINT64_MAX, false, false},
  };
  for (const TurnCase& item : cases) {
    CohortMember me;
    me.releasable_bytes = item.mine;
    CohortView view;
    view.most_releasable = item.most;
    EXPECT_EQ(IsTurnToRelease(me, view, item.hard), item.turn) << item.mine << " of " << item.most;
  }
}

// Whatever the figures are, somebody releases.
TEST(IsTurnToReleaseTest, TheOneWithMostAlwaysMay) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 1000; ++round) {
    const uint64_t most = random() >> (random() % 64);
    CohortMember me;
    me.releasable_bytes = most;
    CohortView view;
    view.most_releasable = most == 0 ? 0 : random() % most;
    ASSERT_TRUE(IsTurnToRelease(me, view, false));
  }
}

}  // namespace
}  // namespace memgov
