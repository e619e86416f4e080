#include "app/descriptors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bifrost::app {
namespace {

using ::testing::HasSubstr;

TEST(DescriptorPlan, GivesHalfToCallersAndHalfToProvidersAndKeepsSome) {
  const DescriptorPlan plan = DescriptorPlan::of(1024, 30);
  EXPECT_EQ(plan.sockets_max, 1024 - 64);
  EXPECT_EQ(plan.connections_max, (1024U - 64 - 30 - 64) / 2);
}

TEST(DescriptorPlan, KeepsSomeOfFewAndNotTooManyOfMany) {
  EXPECT_EQ(DescriptorPlan::of(64, 20).sockets_max, 56);
  EXPECT_EQ(DescriptorPlan::of(64, 20).connections_max, 14U);
  EXPECT_EQ(DescriptorPlan::of(1'000'000, 20).sockets_max, 1'000'000 - 128);
}

TEST(DescriptorPlan, HasTheLeastWithWhichACallerIsServed) {
  for (const std::size_t in_use : {0U, 9U, 100U}) {
    const std::size_t least = DescriptorPlan::least(in_use);
    const DescriptorPlan plan = DescriptorPlan::of(least, in_use);
    EXPECT_EQ(plan.connections_max, 1U);
    EXPECT_GE(static_cast<std::size_t>(plan.sockets_max), in_use + 2);
  }
}

TEST(CheckDescriptors, NamesTheLimitAndTheLeast) {
  const std::size_t least = DescriptorPlan::least(3 + 4 * 2);
  EXPECT_TRUE(check_descriptors(least, 3, 2));
  const auto refused = check_descriptors(least - 1, 3, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConfigInvalid);
  EXPECT_THAT(refused.error().message,
              HasSubstr("may have 28 file descriptors, and needs at least 29"));
}

TEST(DescriptorPlan, LetsOneCallerInHoweverFewThereAre) {
  for (const std::size_t limit : {0U, 4U, 8U, 20U, 28U}) {
    EXPECT_EQ(DescriptorPlan::of(limit, 20).connections_max, 1U) << limit;
    EXPECT_GE(DescriptorPlan::of(limit, 20).sockets_max, 0) << limit;
  }
}

}  // namespace
}  // namespace bifrost::app
