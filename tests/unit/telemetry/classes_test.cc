// What `memgov explain` asks for: size classes and pools as JSON.
#include "governor/telemetry/classes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "governor/pools/pool_table.h"

namespace memgov {
namespace {

class ThreeClasses final : public EngineControl {
 public:
  const char* Name() const override { return "three"; }
  bool HonoursGlibcVariables() const override { return false; }
  uint64_t HeldBytes() override { return 0; }
  uint64_t ReleasableBytes() override { return 0; }
  uint64_t GiveBack(uint64_t) override { return 0; }
  bool DescribeClass(uint32_t index, EngineClass* out) override {
    if (index >= 3) return false;
    *out = {16U << index, index, 10 * index, 7, 3};
    return true;
  }
  bool PoolBytes(uint32_t pool, EnginePoolBytes* out) override {
    if (pool != own_pool) return false;
    *out = {100, 300, 50};
    return true;
  }
  uint32_t own_pool = kNoPool;
};

nlohmann::json Classes(EngineControl& engine) {
  char text[4096];
  TextSink sink(text, sizeof text);
  WriteClasses(engine, sink);
  return nlohmann::json::parse(text);
}

TEST(ClassesTest, ClassesWithoutSlabsAreLeftOut) {
  ThreeClasses engine;
  const nlohmann::json json = Classes(engine);
  ASSERT_EQ(json["classes"].size(), 2U);
  const nlohmann::json expected = {
      {"block_bytes", 64}, {"slabs", 2}, {"live_blocks", 20}, {"free_blocks", 7}, {"waste_bytes", 3}};
  EXPECT_EQ(json["classes"][1], expected);
  EXPECT_TRUE(json["pools"].empty());
}

TEST(ClassesTest, PoolsWithBooksOfTheirOwnWhateverTheirName) {
  ThreeClasses engine;
  engine.own_pool = pools::Intern("io \"quoted\"");
  const nlohmann::json json = Classes(engine);
  const nlohmann::json expected = {
      {"pool", "io \"quoted\""}, {"live_bytes", 100}, {"held_bytes", 300}, {"cached_bytes", 50}};
  ASSERT_EQ(json["pools"].size(), 1U);
  EXPECT_EQ(json["pools"][0], expected);
}

}  // namespace
}  // namespace memgov
