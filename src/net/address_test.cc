#include "net/address.h"

#include <gtest/gtest.h>

#include <ostream>

namespace bifrost::net {
namespace {

struct Case {
  const char* literal;
  AddressKind kind;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.literal; }

TEST(Address, IsNoName) { EXPECT_FALSE(Address::from_literal("localhost", 1)); }

TEST(Address, IsReadWithOrWithoutAPort) {
  const auto read = [](const char* text) {
    const auto address = Address::from_text(text, 53);
    return address ? address->text() : "refused";
  };
  EXPECT_EQ(read("192.0.2.1"), "192.0.2.1:53");
  EXPECT_EQ(read("192.0.2.1:5353"), "192.0.2.1:5353");
  EXPECT_EQ(read("2001:db8::1"), "[2001:db8::1]:53");
  EXPECT_EQ(read("[2001:db8::1]:5353"), "[2001:db8::1]:5353");
  for (const char* text : {"", ":53", "name:53", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536",
                           "[192.0.2.1]:53", "2001:db8::1:99999", "[::1]"}) {
    EXPECT_EQ(read(text), "refused") << text;
  }
}

TEST(Address, TakesAnotherPort) {
  EXPECT_EQ(Address::from_literal("192.0.2.1", 0)->with_port(443).text(), "192.0.2.1:443");
  EXPECT_EQ(Address::from_literal("::1", 0)->with_port(443).text(), "[::1]:443");
}

class AddressKindTest : public testing::TestWithParam<Case> {};

TEST_P(AddressKindTest, IsThatOfWhatItReaches) {
  const auto address = Address::from_literal(GetParam().literal, 443);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->kind(), GetParam().kind);
}

using enum AddressKind;

INSTANTIATE_TEST_SUITE_P(
    Plain, AddressKindTest,
    testing::Values(Case{"8.8.8.8", kPublic}, Case{"127.0.0.1", kLoopback},
                    Case{"10.0.0.1", kPrivate}, Case{"172.31.255.255", kPrivate},
                    Case{"172.32.0.0", kPublic}, Case{"192.168.1.1", kPrivate},
                    Case{"100.64.0.1", kPrivate}, Case{"169.254.169.254", kLinkLocal},
                    Case{"0.0.0.0", kOther}, Case{"224.0.0.1", kOther},
                    Case{"255.255.255.255", kOther}, Case{"2606:4700::1111", kPublic},
                    Case{"2001:4860:4860::8888", kPublic}, Case{"::1", kLoopback},
                    Case{"::", kOther}, Case{"fe80::1", kLinkLocal},
                    Case{"fd00:ec2::254", kPrivate}, Case{"ff02::1", kOther}));

INSTANTIATE_TEST_SUITE_P(Mapped, AddressKindTest,
                         testing::Values(Case{"::ffff:169.254.169.254", kLinkLocal},
                                         Case{"::ffff:10.0.0.1", kPrivate},
                                         Case{"::ffff:127.0.0.1", kLoopback},
                                         Case{"::ffff:0.0.0.0", kOther},
                                         Case{"::ffff:8.8.8.8", kPublic}));

INSTANTIATE_TEST_SUITE_P(CompatibleAndTranslated, AddressKindTest,
                         testing::Values(Case{"::169.254.169.254", kLinkLocal},
                                         Case{"::10.0.0.1", kPrivate}, Case{"::127.0.0.1", kOther},
                                         Case{"::2", kOther}, Case{"::8.8.8.8", kPublic},
                                         Case{"::ffff:0:169.254.169.254", kLinkLocal},
                                         Case{"::ffff:0:8.8.8.8", kPublic}));

INSTANTIATE_TEST_SUITE_P(Nat64, AddressKindTest,
                         testing::Values(Case{"64:ff9b::169.254.169.254", kLinkLocal},
                                         Case{"64:ff9b::192.168.0.1", kPrivate},
                                         Case{"64:ff9b::127.0.0.1", kOther},
                                         Case{"64:ff9b::8.8.8.8", kPublic}));

// 169.254.169.254 behind prefixes of 48, 56, 64 and 96 bits, with and without bytes behind it.
INSTANTIATE_TEST_SUITE_P(LocalNat64, AddressKindTest,
                         testing::Values(Case{"64:ff9b:1:a9fe:a9:fe00::", kLinkLocal},
                                         Case{"64:ff9b:1:a9fe:a9:fe00:808:808", kLinkLocal},
                                         Case{"64:ff9b:1:a9:fe:a9fe::", kLinkLocal},
                                         Case{"64:ff9b:1:0:a9:fea9:fe00:0", kLinkLocal},
                                         Case{"64:ff9b:1::169.254.169.254", kLinkLocal},
                                         Case{"64:ff9b:1:a00:0:100:808:808", kPrivate},
                                         Case{"64:ff9b:1::10.0.0.1", kPrivate},
                                         Case{"64:ff9b:1::127.0.0.1", kOther},
                                         Case{"64:ff9b:1::", kOther},
                                         Case{"64:ff9b:1::8.8.8.8", kPublic},
                                         Case{"64:ff9b:1:808:8:800::", kPublic}));

INSTANTIATE_TEST_SUITE_P(SixToFour, AddressKindTest,
                         testing::Values(Case{"2002:a9fe:a9fe::1", kLinkLocal},
                                         Case{"2002:a00:1::1", kPrivate},
                                         Case{"2002:7f00:1::1", kOther},
                                         Case{"2002:808:808::1", kPublic}));

// The client's address stands inverted: 5601:5601 is 169.254.169.254, f7f7:f7f7 is 8.8.8.8.
INSTANTIATE_TEST_SUITE_P(Teredo, AddressKindTest,
                         testing::Values(Case{"2001:0:808:808::5601:5601", kLinkLocal},
                                         Case{"2001:0:a9fe:a9fe::f7f7:f7f7", kLinkLocal},
                                         Case{"2001:0:808:808::f5ff:fffe", kPrivate},
                                         Case{"2001:0:808:808::80ff:fffe", kOther},
                                         Case{"2001:0:808:808::f7f7:f7f7", kPublic}));

}  // namespace
}  // namespace bifrost::net
