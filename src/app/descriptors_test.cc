#include "app/descriptors.h"

#include <gtest/gtest.h>

namespace bifrost::app {
namespace {

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

TEST(DescriptorPlan, LetsOneCallerInHoweverFewThereAre) {
  for (const std::size_t limit : {0U, 4U, 8U, 20U, 28U}) {
    EXPECT_EQ(DescriptorPlan::of(limit, 20).connections_max, 1U) << limit;
    EXPECT_GE(DescriptorPlan::of(limit, 20).sockets_max, 0) << limit;
  }
}

}  // namespace
}  // namespace bifrost::app
