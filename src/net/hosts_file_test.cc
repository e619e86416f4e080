#include "net/hosts_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bifrost::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> hosts(std::string_view text, std::string_view name) {
  std::vector<std::string> all;
  for (const Address& address : addresses_in_hosts_text(text, name)) all.push_back(address.host());
  return all;
}

constexpr std::string_view kText =
    "# 192.0.2.9 api.test\n"
    "127.0.0.1\tlocalhost\n"
    "\n"
    "192.0.2.1  API.test alias  # other.test\r\n"
    "2001:db8::1 api.test\n"
    "not-an-address broken.test\n"
    "192.0.2.2";

TEST(HostsFile, HasAllAddressesOfAName) {
  EXPECT_THAT(hosts(kText, "api.test"), ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_THAT(hosts(kText, "Api.Test."), ElementsAre("192.0.2.1", "2001:db8::1"));
  EXPECT_THAT(hosts(kText, "alias"), ElementsAre("192.0.2.1"));
}

TEST(HostsFile, HasNothingInCommentsAndBrokenLines) {
  EXPECT_THAT(hosts(kText, "other.test"), IsEmpty());
  EXPECT_THAT(hosts(kText, "broken.test"), IsEmpty());
  EXPECT_THAT(hosts(kText, "192.0.2.2"), IsEmpty());
  EXPECT_THAT(hosts("", "api.test"), IsEmpty());
}

TEST(HostsFile, MayBeMissing) {
  EXPECT_THAT(addresses_in_hosts_file("/nonexistent", "api.test"), IsEmpty());
}

}  // namespace
}  // namespace bifrost::net
