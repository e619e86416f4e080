#include "server/address_limits.h"

#include "net/loop_fixture.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace bifrost::server {
namespace {

using namespace std::chrono_literals;
using overload::Reason;

net::Address::Ip ip(std::string_view address) {
  return net::Address::from_literal(address, 0)->ip();
}

// A gate of a process with one worker.
class AddressGateTest : public ::testing::Test {
 protected:
  void configure(const AddressSettings& settings) {
    const auto limits = AddressLimits::from(settings);
    ASSERT_TRUE(limits);
    gate_.configure(std::make_shared<const AddressLimits>(*limits));
  }
  [[nodiscard]] std::uint64_t refused(Reason reason) const { return refusals_.count(reason); }
  [[nodiscard]] static int served(AddressShare& share, int tries = 100) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += share.take_request() ? 1 : 0;
    return count;
  }

  FakeClock clock_;
  net::Loop loop_{clock_};
  AddressTable table_;
  overload::Refusals refusals_;
  AddressGate gate_{loop_, table_, refusals_};
};

TEST_F(AddressGateTest, WithoutLimitsCountsNothing) {
  for (const AddressSettings& settings : {AddressSettings{}, AddressSettings{.burst = 7}}) {
    configure(settings);
    auto share = gate_.enter(ip("192.0.2.1"));
    ASSERT_TRUE(share);
    EXPECT_EQ(served(*share), 100);
    EXPECT_EQ(table_.connected(), 0U);
  }
}

TEST_F(AddressGateTest, RefusesAConnectionTooMany) {
  configure({.connections_max = 2});
  auto one = gate_.enter(ip("192.0.2.1"));
  {
    auto two = gate_.enter(ip("::ffff:192.0.2.1"));
    EXPECT_TRUE(two);
    EXPECT_FALSE(gate_.enter(ip("192.0.2.1")));
    EXPECT_TRUE(gate_.enter(ip("192.0.2.2")));
    EXPECT_EQ(served(*two), 100);
  }
  EXPECT_TRUE(gate_.enter(ip("192.0.2.1")));
  EXPECT_EQ(refused(Reason::kAddressConnections), 1U);
  EXPECT_EQ(refused(Reason::kAddressRate), 0U);
}

TEST_F(AddressGateTest, RefusesARequestTooManyAndSaysWhenToComeBack) {
  configure({.requests_per_second = 0.5, .burst = 3});
  auto one = gate_.enter(ip("2001:db8::1"));
  auto two = gate_.enter(ip("2001:db8::2"));
  EXPECT_EQ(served(*one, 2), 2);
  EXPECT_EQ(served(*two), 1) << "they are one caller";
  const auto refusal = one->take_request();
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().status(), 429);
  EXPECT_EQ(refusal.error().retry_after, 2s);
  EXPECT_EQ(refused(Reason::kAddressRate), 100U);
}

TEST_F(AddressGateTest, ABurstIsASecondsRequestsUnlessItIsSet) {
  configure({.requests_per_second = 2.5});
  auto fast = gate_.enter(ip("192.0.2.1"));
  EXPECT_EQ(served(*fast), 3);
  configure({.requests_per_second = 0.5});
  auto slow = gate_.enter(ip("192.0.2.2"));
  EXPECT_EQ(served(*slow), 1);
}

TEST_F(AddressGateTest, LetsThoseThroughThatAreExempt) {
  configure({.connections_max = 1, .requests_per_second = 1, .exempt = {"10.0.0.0/8", "::1"}});
  for (const std::string_view address : {"10.1.2.3", "::1"}) {
    auto one = gate_.enter(ip(address));
    auto two = gate_.enter(ip(address));
    ASSERT_TRUE(one && two);
    EXPECT_EQ(served(*one), 100);
  }
  EXPECT_EQ(table_.connected(), 0U);
}

TEST_F(AddressGateTest, AReloadHoldsForConnectionsThatAreThere) {
  auto share = gate_.enter(ip("192.0.2.1"));
  EXPECT_EQ(served(*share), 100);
  configure({.connections_max = 1, .requests_per_second = 2});
  EXPECT_EQ(served(*share), 2);
  EXPECT_FALSE(gate_.enter(ip("192.0.2.1"))) << "it counts from its first request on";
  configure({.connections_max = 1, .requests_per_second = 2, .exempt = {"192.0.2.0/24"}});
  EXPECT_EQ(served(*share), 100);
  EXPECT_EQ(table_.connected(), 0U);
  gate_.configure(nullptr);
  EXPECT_EQ(served(*share), 100);
}

TEST(AddressLimits, AreNoneWhenABlockCannotBeRead) {
  EXPECT_FALSE(AddressLimits::from({.exempt = {"10.0.0.0/8", "gateway.example.com"}}));
}

}  // namespace
}  // namespace bifrost::server
