#include "bench/load/recipe.h"

#include <gtest/gtest.h>

namespace bifrost::bench {
namespace {

using std::chrono::microseconds;

TEST(Recipe, IsReadBackFromItsName) {
  const Recipe recipe{.answer_bytes = 50'000,
                      .first_event = microseconds(20'000),
                      .gap = microseconds(5'000),
                      .events = 100,
                      .event_bytes = 48,
                      .failing_permille = 10,
                      .limited_permille = 20};
  EXPECT_EQ(parse_recipe(model_name(recipe)), recipe);
  EXPECT_EQ(parse_recipe("anthropic/" + model_name(recipe)), recipe);
}

TEST(Recipe, LeavesOutWhatIsUsual) { EXPECT_EQ(model_name({}), "bench"); }

TEST(Recipe, RefusesOtherModelsAndNumbersOutOfBounds) {
  EXPECT_EQ(parse_recipe("gpt-4o"), std::nullopt);
  EXPECT_EQ(parse_recipe(""), std::nullopt);
  EXPECT_EQ(parse_recipe("bench-"), std::nullopt);
  EXPECT_EQ(parse_recipe("bench-s"), std::nullopt);
  EXPECT_EQ(parse_recipe("bench-x5"), std::nullopt);
  EXPECT_EQ(parse_recipe("bench-s-5"), std::nullopt);
  EXPECT_TRUE(parse_recipe("bench-e1000"));
  EXPECT_EQ(parse_recipe("bench-e1001"), std::nullopt);
  EXPECT_TRUE(parse_recipe("bench-n1000000"));
  EXPECT_EQ(parse_recipe("bench-n1000001"), std::nullopt);
}

}  // namespace
}  // namespace bifrost::bench
