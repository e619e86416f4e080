// A block of addresses in the notation of CIDR: 10.0.0.0/8, 2001:db8::/32, or one address.
#pragma once

#include "base/result.h"
#include "net/address.h"

#include <cstddef>
#include <string_view>

namespace bifrost::net {

class AddressBlock {
 public:
  // Bits behind the prefix do not count; without a prefix it is the one address. A block of
  // IPv4-mapped IPv6 addresses is one of IPv4 addresses. Fails with kConfigInvalid.
  static Result<AddressBlock> from_text(std::string_view text);

  [[nodiscard]] bool contains(const Address::Ip& ip) const;

 private:
  AddressBlock(const Address::Ip& ip, std::size_t bits) : ip_(ip), bits_(bits) {}

  Address::Ip ip_;
  std::size_t bits_;  // that have to be equal
};

}  // namespace bifrost::net
