#include "net/address_block.h"

#include <gtest/gtest.h>

namespace bifrost::net {
namespace {

bool contains(std::string_view block, std::string_view address) {
  const auto parsed = AddressBlock::from_text(block);
  const auto literal = Address::from_literal(address, 80);
  EXPECT_TRUE(parsed) << block;
  EXPECT_TRUE(literal) << address;
  return parsed && literal && parsed->contains(literal->ip());
}

TEST(AddressBlock, ContainsWhatBeginsAlike) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.3.4"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("192.168.6.0/23", "192.168.7.255"));
  EXPECT_FALSE(contains("192.168.6.0/23", "192.168.8.0"));
  EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(contains("0.0.0.0/0", "255.1.2.3"));
  EXPECT_TRUE(contains("10.1.2.3/8", "10.9.9.9")) << "the bits behind the prefix do not count";
}

TEST(AddressBlock, WithoutAPrefixIsOneAddress) {
  EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(contains("192.0.2.1", "192.0.2.0"));
  EXPECT_TRUE(contains("2001:db8::1", "2001:db8::1"));
  EXPECT_FALSE(contains("2001:db8::1", "2001:db8::2"));
}

TEST(AddressBlock, IsOfOneFamilyAndMappedAddressesAreIPv4) {
  EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
  EXPECT_FALSE(contains("::/0", "192.0.2.1"));
  EXPECT_TRUE(contains("192.0.2.0/24", "::ffff:192.0.2.7"));
  EXPECT_TRUE(contains("::ffff:192.0.2.0/120", "192.0.2.7"));
  EXPECT_FALSE(contains("::ffff:192.0.2.0/120", "192.0.3.7"));
  EXPECT_TRUE(contains("::ffff:192.0.2.0/64", "::1"));
  EXPECT_FALSE(contains("::ffff:192.0.2.0/64", "192.0.2.7"));
}

TEST(AddressBlock, RefusesWhatIsNone) {
  for (const char* text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8",
        "10.0.0/8", "::/129", "host", "10.0.0.0:80", "10.0.0.0/8 "}) {
    EXPECT_FALSE(AddressBlock::from_text(text)) << text;
  }
}

}  // namespace
}  // namespace bifrost::net
