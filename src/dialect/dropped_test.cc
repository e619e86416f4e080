#include "dialect/dropped.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bifrost::dialect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string field_name(std::size_t number) { return "field_" + std::to_string(number); }

TEST(DroppedTest, NamesEachOnceInTheOrderOfTheirLoss) {
  const llm::Request request;
  Dropped dropped(request);
  dropped.field("seed");
  dropped.path("messages[0].name");
  dropped.field("seed");
  const llm::LeftOut left_out = dropped.take();
  EXPECT_THAT(left_out.lost, ElementsAre("seed", "messages[0].name"));
  EXPECT_EQ(left_out.more_lost, 0U);
  EXPECT_THAT(left_out.refused, IsEmpty());
}

TEST(DroppedTest, NamesAsManyAsItsBoundAndCountsTheOthers) {
  const llm::Request request;
  Dropped dropped(request);
  for (std::size_t i = 0; i < Dropped::kNamesMax; ++i) dropped.path(field_name(i));
  dropped.path(field_name(0));
  EXPECT_EQ(dropped.take().more_lost, 0U);

  Dropped one_more(request);
  for (std::size_t i = 0; i <= Dropped::kNamesMax; ++i) one_more.path(field_name(i));
  const llm::LeftOut left_out = one_more.take();
  EXPECT_THAT(left_out.lost, SizeIs(Dropped::kNamesMax));
  EXPECT_EQ(left_out.lost.back(), field_name(Dropped::kNamesMax - 1));
  EXPECT_EQ(left_out.more_lost, 1U);
}

// Each name looked for among all before it would take hours here.
TEST(DroppedTest, TakesTimeForEachNameAndNotForEachPair) {
  constexpr std::size_t kNames = 1'000'000;
  const llm::Request request;
  Dropped dropped(request);
  for (std::size_t i = 0; i < kNames; ++i) dropped.path(field_name(i));
  EXPECT_EQ(dropped.take().more_lost, kNames - Dropped::kNamesMax);
}

TEST(DroppedTest, CutsALongNameBetweenCharacters) {
  const llm::Request request;
  Dropped dropped(request);
  const std::string fits(Dropped::kNameBytesMax, 'x');
  dropped.path(fits);
  dropped.path(std::string(Dropped::kNameBytesMax - 1, 'y') + "ä");
  EXPECT_THAT(dropped.take().lost,
              ElementsAre(fits, std::string(Dropped::kNameBytesMax - 1, 'y') + "..."));
}

}  // namespace
}  // namespace bifrost::dialect
