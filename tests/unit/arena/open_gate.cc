// The page heap asks the gate for fresh pages; these tests are about the heap, so that nobody is there to
// answer.
#include <gtest/gtest.h>

#include "governor/budget/gate.h"

namespace memgov {
namespace {

class OpenGate : public testing::Environment {
 public:
  void SetUp() override {
    gate::state.big_ceiling = UINT64_MAX;
    gate::state.small_ceiling = UINT64_MAX;
  }
};
const testing::Environment* const kOpenGate = testing::AddGlobalTestEnvironment(new OpenGate);

}  // namespace
}  // namespace memgov
