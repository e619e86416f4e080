#include "server/address_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bifrost::server {
namespace {

using namespace std::chrono_literals;

constexpr RequestRate kOneASecond{.interval = 1s, .credit = 1s};

CallerNetwork network(std::string_view address) {
  return CallerNetwork::of(net::Address::from_literal(address, 0)->ip());
}

CallerNetwork nth_network(std::uint64_t number) { return {.bits = number}; }

TEST(CallerNetwork, IsAnIPv4AddressOrTheSlash64OfAnIPv6One) {
  EXPECT_NE(network("192.0.2.1"), network("192.0.2.2"));
  EXPECT_EQ(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::2"));
  EXPECT_NE(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
  EXPECT_EQ(network("::ffff:192.0.2.1"), network("192.0.2.1"));
  EXPECT_NE(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
  EXPECT_NE(network("0.0.0.0"), network("::"));
}

TEST(CallerNetwork, IsOneTextForAllAddressesThatACallerChoosesFrom) {
  EXPECT_EQ(network("192.0.2.1").text(), "192.0.2.1");
  EXPECT_EQ(network("::ffff:192.0.2.1").text(), "192.0.2.1");
  EXPECT_EQ(network("2001:db8:1:2::1").text(), "2001:db8:1:2::/64");
  EXPECT_EQ(network("2001:db8:1:2:ffff::2").text(), "2001:db8:1:2::/64");
  EXPECT_EQ(network("::1").text(), "::/64");
}

TEST(AddressTable, CountsTheConnectionsOfEachAddress) {
  FakeClock clock;
  AddressTable table;
  const CallerNetwork one = network("192.0.2.1");
  AddressTable::Entry* const first = table.enter(one, 2);
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(table.enter(one, 2), first);
  EXPECT_EQ(table.enter(one, 2), nullptr);
  EXPECT_EQ(table.enter(one, 0), first) << "0 is no limit";
  AddressTable::Entry* const other = table.enter(network("192.0.2.2"), 2);
  EXPECT_NE(other, nullptr);
  EXPECT_EQ(table.connected(), 2U);
  for (int i = 0; i < 2; ++i) table.leave(*first, clock.now());
  EXPECT_EQ(table.enter(one, 2), first);
  for (int i = 0; i < 2; ++i) table.leave(*first, clock.now());
  table.leave(*other, clock.now());
  EXPECT_EQ(table.connected(), 0U);
  EXPECT_EQ(table.kept(), 0U);
}

TEST(AddressTable, ANewConnectionIsNoNewStart) {
  FakeClock clock;
  AddressTable table;
  const CallerNetwork one = network("192.0.2.1");
  AddressTable::Entry* entry = table.enter(one, 0);
  EXPECT_FALSE(entry->meter.refuses(kOneASecond, clock.now()));
  table.leave(*entry, clock.now());
  EXPECT_EQ(table.kept(), 1U);
  entry = table.enter(one, 0);
  EXPECT_EQ(table.kept(), 0U);
  EXPECT_TRUE(entry->meter.refuses(kOneASecond, clock.now()));
  clock.advance(1s);
  EXPECT_FALSE(entry->meter.refuses(kOneASecond, clock.now()));
  table.leave(*entry, clock.now());
  // Whoever comes and goes later clears it away.
  clock.advance(1s);
  for (std::uint64_t i = 0; i < 200; ++i) table.leave(*table.enter(nth_network(i), 0), clock.now());
  EXPECT_EQ(table.kept(), 0U);
}

// An attacker with more addresses than are kept gains the bursts that new addresses have, and takes
// nothing from others: those that are connected stay as they are.
TEST(AddressTable, WhoIsConnectedIsNeverCrowdedOut) {
  FakeClock clock;
  AddressTable table(1000);
  const CallerNetwork caller = network("192.0.2.1");
  AddressTable::Entry* const entry = table.enter(caller, 1);
  EXPECT_FALSE(entry->meter.refuses(kOneASecond, clock.now()));
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    AddressTable::Entry* const attacker = table.enter(nth_network(i), 1);
    ASSERT_NE(attacker, nullptr);
    EXPECT_FALSE(attacker->meter.refuses(kOneASecond, clock.now()));
    table.leave(*attacker, clock.now());
  }
  EXPECT_LE(table.kept(), 1016U);
  EXPECT_GT(table.kept(), 900U);
  EXPECT_EQ(table.connected(), 1U);
  EXPECT_EQ(table.enter(caller, 1), nullptr);
  EXPECT_TRUE(entry->meter.refuses(kOneASecond, clock.now()));
  table.leave(*entry, clock.now());
}

// Workers on threads of their own: no address ever has more than it may, and nothing stays behind.
TEST(AddressTable, HoldsForAllWorkersTogether) {
  constexpr int kWorkers = 4;
  constexpr int kTries = 5000;
  constexpr std::size_t kConnectionsMax = 2;
  constexpr std::uint64_t kAddresses = 3;
  constexpr RequestRate kBurstOfHundred{.interval = 1h, .credit = 100h};
  AddressTable table;
  const SteadyTime now = FakeClock().now();
  std::array<std::atomic<std::size_t>, kAddresses> open{};
  std::array<std::atomic<int>, kAddresses> taken{};
  std::atomic<std::size_t> most = 0;
  const auto work = [&] {
    for (int i = 0; i < kTries; ++i) {
      const std::uint64_t address = static_cast<std::uint64_t>(i) % kAddresses;
      AddressTable::Entry* const entry = table.enter(nth_network(address), kConnectionsMax);
      if (entry == nullptr) continue;
      const std::size_t count = ++open[address];
      for (std::size_t seen = most; seen < count && !most.compare_exchange_weak(seen, count);) {
      }
      if (!entry->meter.refuses(kBurstOfHundred, now)) ++taken[address];
      --open[address];
      table.leave(*entry, now);
    }
  };
  {
    std::vector<std::jthread> workers;
    workers.reserve(kWorkers);
    for (int i = 0; i < kWorkers; ++i) workers.emplace_back(work);
  }
  EXPECT_LE(most, kConnectionsMax);
  for (const auto& count : taken) EXPECT_EQ(count, 100);
  EXPECT_EQ(table.connected(), 0U);
  EXPECT_EQ(table.kept(), kAddresses);
}

}  // namespace
}  // namespace bifrost::server
