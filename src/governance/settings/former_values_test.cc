#include "governance/settings/former_values.h"

#include <gtest/gtest.h>

#include <string>

namespace bifrost::governance {
namespace {

using namespace std::chrono_literals;

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

VirtualKeySettings key(std::string value) {
  return {.id = "vk", .name = "alice", .value = config::Secret(std::move(value))};
}

TEST(FormerValues, AreKnownUntilTheGraceIsOver) {
  VirtualKeySettings alice = key("one");
  rotate(alice, "two", 1h, kNow);
  EXPECT_EQ(alice.value.reveal(), "two");
  ASSERT_EQ(alice.former_values.size(), 1U);
  EXPECT_EQ(alice.former_values.front().value.reveal(), "one");
  EXPECT_EQ(alice.former_values.front().valid_until, "2023-11-14T23:13:20Z");

  GovernanceSettings governance;
  governance.virtual_keys.push_back(alice);
  EXPECT_EQ(first_former_end(governance), kNow + 1h);
  drop_former_values(governance, kNow + 59min);
  EXPECT_EQ(governance.virtual_keys.front().former_values.size(), 1U);
  drop_former_values(governance, kNow + 1h);
  EXPECT_TRUE(governance.virtual_keys.front().former_values.empty());
  EXPECT_EQ(first_former_end(governance), std::nullopt);
}

TEST(FormerValues, AreNoneWithoutGrace) {
  VirtualKeySettings alice = key("one");
  rotate(alice, "two", 0ms, kNow);
  EXPECT_TRUE(alice.former_values.empty());
}

TEST(FormerValues, AreCopiesOfWhatAReferenceSaid) {
  VirtualKeySettings alice = key("");
  alice.value = config::Secret("one", "env.ALICE");
  rotate(alice, "two", 1h, kNow);
  EXPECT_EQ(alice.former_values.front().value, config::Secret("one"));
}

TEST(FormerValues, AreBoundedAndTheOldestGoes) {
  VirtualKeySettings alice = key("v0");
  for (std::size_t i = 1; i <= VirtualKeySettings::kFormerValuesMax + 2; ++i) {
    rotate(alice, "v" + std::to_string(i), 1h, kNow);
  }
  ASSERT_EQ(alice.former_values.size(), VirtualKeySettings::kFormerValuesMax);
  EXPECT_EQ(alice.former_values.front().value.reveal(), "v2");
  rotate(alice, "last", 1h, kNow + 2h);
  EXPECT_EQ(alice.former_values.size(), 1U) << "the others are over";
}

}  // namespace
}  // namespace bifrost::governance
